namespace TorchSharp.Utils
{
    /// <summary>Gives a field another name than its own in the state dictionary.</summary>
    [AttributeUsage(AttributeTargets.Field, AllowMultiple = false, Inherited = true)]
    public class ComponentNameAttribute : Attribute
    {
        public string Name { get; set; }
    }
}
