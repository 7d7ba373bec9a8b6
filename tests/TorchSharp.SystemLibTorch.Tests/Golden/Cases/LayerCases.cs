using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class LayerCases
{
    public static void Define(CaseTable table)
    {
        table.Op("linear", (x, w, b) => nn.functional.linear(x, w, b));
        table.Op("linear.no_bias", (x, w) => nn.functional.linear(x, w));
        table.Op("bilinear", (x, y, w, b) => nn.functional.bilinear(x, y, w, b));
        table.Op("attention", (q, k, v) => nn.functional.scaled_dot_product_attention(q, k, v));
        table.Op("attention.mask", (q, k, v, m) => nn.functional.scaled_dot_product_attention(q, k, v, m));
        table.Op("attention.bias", (q, k, v, m) => nn.functional.scaled_dot_product_attention(q, k, v, m));
        table.Op("attention.causal", (q, k, v) => nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true));
        table.Op("one_hot", x => nn.functional.one_hot(x));
        table.Op("one_hot.classes", x => nn.functional.one_hot(x, 4));
        table.Op("layer_norm", (x, w, b) => nn.functional.layer_norm(x, [4L], w, b, 1e-3));
        table.Op("layer_norm.plain", x => nn.functional.layer_norm(x, [3L, 4L]));
        table.Op("group_norm", (x, w, b) => nn.functional.group_norm(x, 2, w, b, 1e-3));
        table.Op("batch_norm.train", (x, w, b) => nn.functional.batch_norm(x, null!, null!, w, b, true, 0.1, 1e-3));
        table.Op("batch_norm.eval", (x, m, v, w, b) => nn.functional.batch_norm(x, m, v, w, b, false, 0.1, 1e-3));
        table.Op("instance_norm", x => nn.functional.instance_norm(x));
        table.Op("local_response_norm", x => nn.functional.local_response_norm(x, 2));
        table.Op("normalize", x => nn.functional.normalize(x));
        table.Op("conv1d", (x, w, b) => nn.functional.conv1d(x, w, b, 2, 1, 1));
        table.Op("conv1d.groups", (x, w) => nn.functional.conv1d(x, w, groups: 2));
        table.Op("conv2d", (x, w, b) => nn.functional.conv2d(x, w, b, [2L, 1L], [1L, 0L], [1L, 2L]));
        table.Op("conv3d", (x, w, b) => nn.functional.conv3d(x, w, b));
        table.Op("conv_transpose1d", (x, w, b) => nn.functional.conv_transpose1d(x, w, b, 2, 1, 1));
        table.Op("conv_transpose2d", (x, w, b) => nn.functional.conv_transpose2d(x, w, b, [2L, 2L], [1L, 1L], [1L, 1L]));
        table.Op("conv1d.same", (x, w) => nn.functional.conv1d_padding(x, w, padding: Padding.Same));
        table.Op("conv2d.same", (x, w) => nn.functional.conv2d_padding(x, w, padding: Padding.Same));
        table.Op("cosine_similarity", (a, b) => nn.functional.cosine_similarity(a, b));
        table.Op("pairwise_distance", (a, b) => nn.functional.pairwise_distance(a, b));
    }
}

internal static class ImageCases
{
    public static void Define(CaseTable table)
    {
        table.Op("max_pool1d", x => nn.functional.max_pool1d(x, 3, 2, 1));
        table.Op("max_pool2d", x => nn.functional.max_pool2d(x, 2), x => nn.functional.max_pool2d(x, [2L, 2L]));
        table.Op("max_pool2d.pair", x => nn.functional.max_pool2d(x, (3, 2), (2, 1), (1, 0), ceil_mode: true),
            x => nn.functional.max_pool2d(x, [3L, 2L], [2L, 1L], [1L, 0L], ceil_mode: true));
        table.Op("avg_pool1d", x => nn.functional.avg_pool1d(x, 3, 2, 1));
        table.Op("avg_pool2d", x => nn.functional.avg_pool2d(x, 2), x => nn.functional.avg_pool2d(x, [2L, 2L]));
        table.Op("avg_pool2d.pair", x => nn.functional.avg_pool2d(x, (3, 2), (2, 1), (1, 0), count_include_pad: false),
            x => nn.functional.avg_pool2d(x, [3L, 2L], [2L, 1L], [1L, 0L], count_include_pad: false));
        table.Op("adaptive_avg_pool1d", x => nn.functional.adaptive_avg_pool1d(x, 3));
        table.Op("adaptive_avg_pool2d", x => nn.functional.adaptive_avg_pool2d(x, (2, 3)), x => nn.functional.adaptive_avg_pool2d(x, [2L, 3L]));
        table.Op("adaptive_avg_pool2d.square", x => nn.functional.adaptive_avg_pool2d(x, 2));
        table.Op("unfold", x => nn.functional.unfold(x, 2, 1, 1, 2));
        table.Op("unfold.pair", x => nn.functional.unfold(x, (2, 3), (1, 1), (0, 1), (2, 1)));
        table.Op("fold", x => nn.functional.fold(x, 4, 2, 1, 0, 2));
        table.Op("fold.pair", x => nn.functional.fold(x, (4, 5), (2, 3), (1, 1), (0, 1), (2, 1)));
        table.Op("pixel_shuffle", x => nn.functional.pixel_shuffle(x, 2));
        table.Op("interpolate.nearest", x => nn.functional.interpolate(x, [6L, 5L]), x => nn.functional.upsample(x, [6L, 5L]));
        table.Op("interpolate.bilinear", x => nn.functional.interpolate(x, scale_factor: [2.0, 1.5], mode: InterpolationMode.Bilinear, align_corners: false));
        table.Op("interpolate.corners", x => nn.functional.interpolate(x, [5L, 7L], mode: InterpolationMode.Bilinear, align_corners: true),
            x => nn.functional.upsample(x, [5L, 7L], mode: UpsampleMode.Bilinear, align_corners: true));
        table.Op("interpolate.bicubic", x => nn.functional.interpolate(x, [5L, 7L], mode: InterpolationMode.Bicubic, align_corners: false));
        table.Op("interpolate.linear", x => nn.functional.interpolate(x, [7L], mode: InterpolationMode.Linear, align_corners: false));
        table.Op("interpolate.nearest1d", x => nn.functional.interpolate(x, scale_factor: [2.0]));
        table.Op("interpolate.area", x => nn.functional.interpolate(x, [2L, 2L], mode: InterpolationMode.Area));
        table.Op("interpolate.exact", x => nn.functional.interpolate(x, [5L, 7L], mode: InterpolationMode.NearestExact));
        table.Op("interpolate.trilinear", x => nn.functional.interpolate(x, [3L, 4L, 5L], mode: InterpolationMode.Trilinear, align_corners: false));
        table.Op("grid_sample", (x, g) => nn.functional.grid_sample(x, g, align_corners: false));
        table.Op("grid_sample.border", (x, g) => nn.functional.grid_sample(x, g, padding_mode: GridSamplePaddingMode.Border, align_corners: true));
        table.Op("affine_grid", t => nn.functional.affine_grid(t, [1L, 2L, 3L, 4L]));
        table.Op("pad", x => nn.functional.pad(x, (1, 2)), x => nn.functional.pad(x, [1L, 2L]), x => nn.functional.pad(x, new long[] { 1, 2 }));
        table.Op("pad.one", x => nn.functional.pad(x, 1));
        table.Op("pad.value", x => nn.functional.pad(x, (1, 2, 0, 1), value: 0.5));
        table.Op("pad.reflect", x => nn.functional.pad(x, (1, 2), PaddingModes.Reflect));
        table.Op("pad.replicate", x => nn.functional.pad(x, (1, 2, 1, 0), PaddingModes.Replicate));
        table.Op("pad.circular", x => nn.functional.pad(x, (1, 2), PaddingModes.Circular));
    }
}
