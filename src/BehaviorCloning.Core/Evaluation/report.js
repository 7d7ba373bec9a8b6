
// Each rollout is an SVG animation; a player holds it still and sets its clock.
const players = [...document.querySelectorAll('.rollout')].map(figure => {
  const svg = figure.querySelector('svg'), slider = figure.querySelector('input'), readout = figure.querySelector('output');
  const button = figure.querySelector('button'), seconds = Number(svg.dataset.seconds), steps = Number(figure.dataset.steps);
  let share = 1, playing = false, last = 0;
  const show = () => {
    // The animation repeats: its end is its beginning, so stop a millisecond short.
    svg.setCurrentTime(Math.min(share * seconds, seconds - 0.001));
    slider.value = share;
    readout.textContent = Math.round(share * steps) + '/' + steps;
  };
  const tick = now => {
    if (!playing) return;
    share = Math.min(1, share + (now - last) / 1000 * 2 / seconds);
    last = now;
    show();
    if (share >= 1) set(false); else requestAnimationFrame(tick);
  };
  const set = play => {
    playing = play;
    figure.classList.toggle('playing', play);
    button.setAttribute('aria-label', play ? 'Pause' : 'Play');
    if (!play) return;
    if (share >= 1) share = 0;
    last = performance.now();
    requestAnimationFrame(tick);
  };
  button.onclick = () => set(!playing);
  slider.oninput = () => { set(false); share = Number(slider.value); show(); };
  svg.pauseAnimations();
  show();
  return { restart() { share = 0; set(true); } };
});
const all = document.getElementById('all');
if (all) { all.hidden = false; all.onclick = () => players.forEach(player => player.restart()); }
