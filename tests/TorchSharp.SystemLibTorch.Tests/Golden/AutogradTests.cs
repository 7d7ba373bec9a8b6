using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>What autograd promises beyond one backward pass.</summary>
public sealed class AutogradTests
{
    private static readonly GoldenFile Golden = GoldenFile.Training;

    [Fact]
    public void A_gradient_penalty_differentiates_twice()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Golden["second.x"].clone().requires_grad_(), w = Golden["second.w"].clone().requires_grad_();
        Tensor slope = autograd.grad([x.matmul(w).tanh().sum()], [x], create_graph: true)[0];
        (slope * slope).sum().backward();
        Agreement.Closely(slope, Golden["second.slope"], "first derivative");
        Agreement.Closely(x.grad!, Golden["second.grad_x"], "second derivative by the input");
        Agreement.Closely(w.grad!, Golden["second.grad_w"], "second derivative by the weight");
    }

    [Fact]
    public void Derivatives_of_four_orders_agree()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Golden["orders.x"].clone().requires_grad_();
        Tensor value = x.pow(4);
        List<Tensor> orders = [];
        for (int order = 0; order < 4; order++)
        {
            value = autograd.grad([value.sum()], [x], create_graph: true)[0];
            orders.Add(value.detach());
        }

        Agreement.Closely(stack(orders), Golden["orders.values"], "derivatives of x^4");
    }

    [Fact]
    public void An_unused_input_is_an_error_unless_allowed()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor used = ones(2).requires_grad_(), unused = ones(2).requires_grad_();
        IList<Tensor> gradients = autograd.grad([used.sum()], [used, unused], allow_unused: true);
        Agreement.Exactly(gradients[0], ones(2), "the used input");
        Assert.True(gradients[1] is null || gradients[1].IsInvalid);
        FluentActions.Invoking(() => autograd.grad([used.sum()], [used, unused])).Should().Throw<ExternalException>().WithMessage("*not have been used in the graph*");
    }

    [Fact]
    public void Grad_outputs_weigh_each_output()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new float[] { 1, 2, 3 }).requires_grad_();
        IList<Tensor> gradients = autograd.grad([x * x, x * 3], [x], [tensor(new float[] { 1, 10, 100 }), tensor(new float[] { 1, 0, 2 })]);
        Agreement.Exactly(gradients[0], tensor(new float[] { 5, 40, 606 }), "weighted");
    }

    [Fact]
    public void A_graph_is_gone_after_backward_unless_retained()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2).requires_grad_();
        Tensor loss = (x * x).sum();
        loss.backward(retain_graph: true);
        loss.backward();
        Agreement.Exactly(x.grad!, full(2, 4f), "two accumulated passes");
        FluentActions.Invoking(() => loss.backward()).Should().Throw<ExternalException>().WithMessage("*backward through the graph a second time*");
    }

    [Fact]
    public void Backward_with_inputs_touches_only_those()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2).requires_grad_(), y = ones(2).requires_grad_();
        (x * y * 3).sum().backward(inputs: [x]);
        Agreement.Exactly(x.grad!, full(2, 3f), "the input asked for");
        Assert.Null(y.grad);
        autograd.backward((x * y * 5).sum(), inputs: [y]);
        Agreement.Exactly(y.grad!, full(2, 5f), "the other input");
        Agreement.Exactly(x.grad!, full(2, 3f), "the first input, untouched");
    }

    [Fact]
    public void Backward_of_a_vector_takes_its_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new float[] { 1, 2 }).requires_grad_();
        autograd.backward(x * x, tensor(new float[] { 1, 10 }));
        Agreement.Exactly(x.grad!, tensor(new float[] { 2, 40 }), "autograd.backward");
        x.grad = null;
        (x * x).backward([tensor(new float[] { 1, 10 })]);
        Agreement.Exactly(x.grad!, tensor(new float[] { 2, 40 }), "Tensor.backward");
        x.grad!.zero_();
        autograd.backward([x * x, x], [ones(2), ones(2)]);
        Agreement.Exactly(x.grad!, tensor(new float[] { 3, 5 }), "two tensors");
        FluentActions.Invoking(() => (x * x).backward()).Should().Throw<ExternalException>().WithMessage("*scalar*");
    }

    [Fact]
    public void Retained_gradients_of_inner_tensors_are_kept()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2).requires_grad_();
        Tensor inner = x * 2;
        inner.retain_grad();
        (inner * inner).sum().backward();
        Agreement.Exactly(inner.grad!, full(2, 4f), "inner");
        Assert.False(inner.is_leaf);
        Assert.True(x.is_leaf);
    }

    [Fact]
    public void Gradient_modes_nest_and_belong_to_their_thread()
    {
        using Tensor x = ones(2).requires_grad_();
        bool elsewhere = false;
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (Tensor product = x * 2)
            {
                Assert.False(product.requires_grad);
            }

            using (enable_grad())
            {
                Assert.True(is_grad_enabled());
            }

            Assert.False(is_grad_enabled());
            Thread thread = new(() => elsewhere = is_grad_enabled());
            thread.Start();
            thread.Join();
        }

        Assert.True(elsewhere);
        Assert.True(is_grad_enabled());
        using (set_grad_enabled(false))
        {
            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Inference_mode_is_the_thread_s_own_and_its_tensors_cannot_be_trained()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2).requires_grad_();
        Tensor frozen;
        bool elsewhere = true;
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            frozen = x * 2;
            Thread thread = new(() => elsewhere = is_inference_mode_enabled());
            thread.Start();
            thread.Join();
        }

        Assert.False(elsewhere);
        Assert.False(is_inference_mode_enabled());
        Assert.False(frozen.requires_grad);
        FluentActions.Invoking(() => (frozen * x).sum().backward()).Should().Throw<ExternalException>().WithMessage("*nference tensor*");
    }

    [Fact]
    public void Changing_a_saved_tensor_in_place_is_found_out()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2).requires_grad_();
        Tensor y = x.exp();
        y.add_(1);
        FluentActions.Invoking(() => y.sum().backward()).Should().Throw<ExternalException>().WithMessage("*modified by an inplace operation*");
    }

    [Fact]
    public void Anomaly_detection_stops_at_a_gradient_that_is_no_number()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = zeros(2).requires_grad_();
        using (autograd.detect_anomaly())
        {
            FluentActions.Invoking(() => (x.sqrt() * 0).sum().backward()).Should().Throw<ExternalException>().WithMessage("*returned nan*");
        }

        using (autograd.set_detect_anomaly(false))
        {
            (x.sqrt() * 0).sum().backward();
        }

        Assert.True(double.IsNaN(x.grad![0].ToDouble()));
    }
}
