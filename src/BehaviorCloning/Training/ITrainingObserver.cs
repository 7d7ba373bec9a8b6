namespace BehaviorCloning.Training;

/// <summary>Watches a training. Called on the training thread: be quick.</summary>
public interface ITrainingObserver
{
    /// <summary>At every log interval, and at the last step.</summary>
    void OnProgress(TrainingProgress progress)
    {
    }

    /// <summary>After a validation.</summary>
    /// <param name="step">Optimizer steps taken.</param>
    /// <param name="loss">Validation loss of the averaged weights.</param>
    /// <param name="isBest">Whether none was lower before.</param>
    void OnValidation(long step, double loss, bool isBest)
    {
    }

    /// <summary>After a policy was saved.</summary>
    /// <param name="step">Optimizer steps taken.</param>
    /// <param name="policyFolder">A policy that <c>LearnedPolicy.Load</c> reads.</param>
    void OnPolicySaved(long step, string policyFolder)
    {
    }
}
