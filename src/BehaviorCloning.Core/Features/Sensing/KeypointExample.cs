namespace BehaviorCloning.Features;

/// <summary>A frame whose keypoints are known: rendered, or labeled by hand.</summary>
/// <param name="Frame">Bytes, height x width x 3.</param>
/// <param name="Keypoints">x, y of each in pixels of the frame, pixel centers at whole numbers; those outside the frame are not learned from.</param>
public sealed record KeypointExample(byte[] Frame, float[] Keypoints);
