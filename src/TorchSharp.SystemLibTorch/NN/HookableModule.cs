namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A module with functions to call before and after <c>forward</c>.</summary>
            public class HookableModule<TPreHook, TPostHook> : Module
            {
                protected Dictionary<string, TPreHook> pre_hooks = [];
                protected Dictionary<string, TPostHook> post_hooks = [];
                protected Dictionary<string, Action<Module>> module_pre_hooks = [];
                protected Dictionary<string, Action<Module>> module_post_hooks = [];

                private int hooks_registered;

                protected HookableModule(string name) : base(name) { }

                public HookRemover register_forward_hook(TPostHook hook) => Register(post_hooks, hook);

                public HookRemover register_forward_pre_hook(TPreHook hook) => Register(pre_hooks, hook);

                public HookRemover register_forward_hook(Action<Module> hook) => Register(module_post_hooks, hook);

                public HookRemover register_forward_pre_hook(Action<Module> hook) => Register(module_pre_hooks, hook);

                private protected bool HasHooks => pre_hooks.Count + post_hooks.Count + module_pre_hooks.Count + module_post_hooks.Count > 0;

                private protected void RunModulePreHooks()
                {
                    foreach (var hook in module_pre_hooks.Values) hook(this);
                }

                private protected void RunModulePostHooks()
                {
                    foreach (var hook in module_post_hooks.Values) hook(this);
                }

                private HookRemover Register<THook>(Dictionary<string, THook> hooks, THook hook)
                {
                    var key = (hooks_registered++).ToString();
                    hooks.Add(key, hook);
                    return new HookRemover(() => hooks.Remove(key));
                }

                /// <summary>Takes a hook off again.</summary>
                public class HookRemover
                {
                    private readonly Action take_off;

                    internal HookRemover(Action take_off) => this.take_off = take_off;

                    public void remove() => take_off();
                }
            }
        }
    }
}
