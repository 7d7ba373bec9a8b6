using System.Collections.Concurrent;
using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public partial class Module
            {
                private const BindingFlags InstanceFields = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

                private static readonly ConcurrentDictionary<Type, (string Name, FieldInfo Field)[]> ComponentFields = new();

                private bool are_components_registered;

                public virtual void register_parameter(string name, Parameter param)
                {
                    if (param is null || param.IsInvalid)
                        throw new ArgumentNullException(nameof(param), $"A null tensor cannot be registered as parameter '{name}'.");
                    if (_internal_params.ContainsKey(name)) throw new InvalidOperationException($"Parameter {name} is already registered.");
                    _internal_params.Add(name, param);
                }

                public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
                {
                    if (tensor is null || tensor.IsInvalid)
                        throw new ArgumentNullException(nameof(tensor), $"A null tensor cannot be registered as buffer '{name}'.");
                    if (_internal_buffers.ContainsKey(name)) throw new InvalidOperationException($"Tensor {name} is already registered.");
                    _internal_buffers.Add(name, (tensor, persistent));
                }

                /// <summary>Adds a sub-module; null takes the one of that name out again.</summary>
                public virtual void register_module(string name, Module submodule)
                {
                    if (submodule is null)
                    {
                        _internal_submodules.Remove(name);
                        return;
                    }

                    if (string.IsNullOrEmpty(name)) throw new ArgumentException("module name can't be empty string \"\"", nameof(name));
                    if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}", nameof(name));
                    if (_internal_submodules.ContainsKey(name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");

                    submodule.RegisterComponents();
                    _internal_submodules.Add(name, submodule);
                }

                public void add_module(string name, Module module) => register_module(name, module);

                protected void ClearModules() => _internal_submodules.Clear();

                /// <summary>
                /// Registers every field, also private ones and those of base classes, that holds a module, a parameter or a tensor
                /// (a buffer), under the field's name. Fields of the most derived class come first. Names already taken are left alone.
                /// </summary>
                protected virtual void RegisterComponents()
                {
                    if (are_components_registered) return;

                    foreach (var (component, field) in ComponentFields.GetOrAdd(GetType(), FindComponentFields))
                    {
                        if (_internal_submodules.ContainsKey(component) || _internal_params.ContainsKey(component) || _internal_buffers.ContainsKey(component))
                            continue;

                        switch (field.GetValue(this))
                        {
                            case Module module: register_module(component, module); break;
                            case Parameter parameter: register_parameter(component, parameter); break;
                            case Tensor tensor: register_buffer(component, tensor); break;
                        }
                    }

                    are_components_registered = true;
                }

                private static (string, FieldInfo)[] FindComponentFields(Type type)
                {
                    var found = new List<(string, FieldInfo)>();
                    var seen = new HashSet<string>();

                    for (var level = type; level is not null && level != typeof(Module); level = level.BaseType)
                    {
                        foreach (var field in level.GetFields(InstanceFields))
                        {
                            if (field.DeclaringType == typeof(Module) || field.FieldType.IsValueType || !seen.Add(field.Name)) continue;
                            found.Add((field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name, field));
                        }
                    }

                    return [.. found];
                }

                /// <summary>Registers a parameter, or replaces or removes (null) the one of that name.</summary>
                protected void ConditionallyRegisterParameter(string name, Tensor value) =>
                    ConditionallyRegisterParameter(name, value is null ? null : value as Parameter ?? new Parameter(value));

                protected void ConditionallyRegisterParameter(string name, Parameter value)
                {
                    if (value is null) _internal_params.Remove(name);
                    else _internal_params[name] = value;
                }

                /// <summary>Registers a buffer, or replaces or removes (null) the one of that name.</summary>
                protected void ConditionallyRegisterBuffer(string name, Tensor value, bool persistent = true)
                {
                    if (value is null) _internal_buffers.Remove(name);
                    else _internal_buffers[name] = (value, persistent);
                }

                /// <summary>What a built-in module's parameter property does when set: the module takes the new one over and disposes the old.</summary>
                internal void ReplaceComponent(string name, ref Parameter current, Parameter value)
                {
                    if (ReferenceEquals(current, value)) return;
                    current?.Dispose();
                    current = value;
                    value?.DetachFromDisposeScope();
                    ConditionallyRegisterParameter(name, value);
                }

                internal void ReplaceComponent(string name, ref Tensor current, Tensor value)
                {
                    if (ReferenceEquals(current, value)) return;
                    current?.Dispose();
                    current = value;
                    value?.DetachFromDisposeScope();
                    ConditionallyRegisterBuffer(name, value);
                }
            }
        }
    }
}
