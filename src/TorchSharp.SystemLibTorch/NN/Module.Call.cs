namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public interface IModule<T, TResult>
            {
                TResult call(T input1);
            }

            public abstract class Module<T, TResult>
                : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
            {
                protected Module(string name) : base(name) { }

                public abstract TResult forward(T input);

                public TResult call(T input)
                {
                    if (!HasHooks) return forward(input);
                    RunModulePreHooks();
                    foreach (var hook in pre_hooks.Values)
                    {
                        if (hook(this, input) is { } changed) input = changed;
                    }

                    var result = forward(input);
                    foreach (var hook in post_hooks.Values)
                    {
                        if (hook(this, input, result) is { } changed) result = changed;
                    }

                    RunModulePostHooks();
                    return result;
                }
            }

            public interface IModule<T1, T2, TResult>
            {
                TResult call(T1 input1, T2 input2);
            }

            public abstract class Module<T1, T2, TResult>
                : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>, IModule<T1, T2, TResult>
            {
                protected Module(string name) : base(name) { }

                public abstract TResult forward(T1 input1, T2 input2);

                public TResult call(T1 input1, T2 input2)
                {
                    if (!HasHooks) return forward(input1, input2);
                    RunModulePreHooks();
                    foreach (var hook in pre_hooks.Values)
                    {
                        if (hook(this, input1, input2) is { } changed) (input1, input2) = changed;
                    }

                    var result = forward(input1, input2);
                    foreach (var hook in post_hooks.Values)
                    {
                        if (hook(this, input1, input2, result) is { } changed) result = changed;
                    }

                    RunModulePostHooks();
                    return result;
                }
            }

            public interface IModule<T1, T2, T3, TResult>
            {
                TResult call(T1 input1, T2 input2, T3 input3);
            }

            public abstract class Module<T1, T2, T3, TResult>
                : HookableModule<Func<Module<T1, T2, T3, TResult>, T1, T2, T3, (T1, T2, T3)?>, Func<Module<T1, T2, T3, TResult>, T1, T2, T3, TResult, TResult>>, IModule<T1, T2, T3, TResult>
            {
                protected Module(string name) : base(name) { }

                public abstract TResult forward(T1 input1, T2 input2, T3 input3);

                public TResult call(T1 input1, T2 input2, T3 input3)
                {
                    if (!HasHooks) return forward(input1, input2, input3);
                    RunModulePreHooks();
                    foreach (var hook in pre_hooks.Values)
                    {
                        if (hook(this, input1, input2, input3) is { } changed) (input1, input2, input3) = changed;
                    }

                    var result = forward(input1, input2, input3);
                    foreach (var hook in post_hooks.Values)
                    {
                        if (hook(this, input1, input2, input3, result) is { } changed) result = changed;
                    }

                    RunModulePostHooks();
                    return result;
                }
            }

            public interface IModule<T1, T2, T3, T4, TResult>
            {
                TResult call(T1 input1, T2 input2, T3 input3, T4 input4);
            }

            public abstract class Module<T1, T2, T3, T4, TResult>
                : HookableModule<Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, (T1, T2, T3, T4)?>, Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, TResult, TResult>>, IModule<T1, T2, T3, T4, TResult>
            {
                protected Module(string name) : base(name) { }

                public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);

                public TResult call(T1 input1, T2 input2, T3 input3, T4 input4)
                {
                    if (!HasHooks) return forward(input1, input2, input3, input4);
                    RunModulePreHooks();
                    foreach (var hook in pre_hooks.Values)
                    {
                        if (hook(this, input1, input2, input3, input4) is { } changed) (input1, input2, input3, input4) = changed;
                    }

                    var result = forward(input1, input2, input3, input4);
                    foreach (var hook in post_hooks.Values)
                    {
                        if (hook(this, input1, input2, input3, input4, result) is { } changed) result = changed;
                    }

                    RunModulePostHooks();
                    return result;
                }
            }

            public interface IModule<T1, T2, T3, T4, T5, TResult>
            {
                TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);
            }

            public abstract class Module<T1, T2, T3, T4, T5, TResult>
                : HookableModule<Func<Module<T1, T2, T3, T4, T5, TResult>, T1, T2, T3, T4, T5, (T1, T2, T3, T4, T5)?>, Func<Module<T1, T2, T3, T4, T5, TResult>, T1, T2, T3, T4, T5, TResult, TResult>>, IModule<T1, T2, T3, T4, T5, TResult>
            {
                protected Module(string name) : base(name) { }

                public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);

                public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5)
                {
                    if (!HasHooks) return forward(input1, input2, input3, input4, input5);
                    RunModulePreHooks();
                    foreach (var hook in pre_hooks.Values)
                    {
                        if (hook(this, input1, input2, input3, input4, input5) is { } changed) (input1, input2, input3, input4, input5) = changed;
                    }

                    var result = forward(input1, input2, input3, input4, input5);
                    foreach (var hook in post_hooks.Values)
                    {
                        if (hook(this, input1, input2, input3, input4, input5, result) is { } changed) result = changed;
                    }

                    RunModulePostHooks();
                    return result;
                }
            }

            public interface IModule<T1, T2, T3, T4, T5, T6, TResult>
            {
                TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);
            }

            public abstract class Module<T1, T2, T3, T4, T5, T6, TResult>
                : HookableModule<Func<Module<T1, T2, T3, T4, T5, T6, TResult>, T1, T2, T3, T4, T5, T6, (T1, T2, T3, T4, T5, T6)?>, Func<Module<T1, T2, T3, T4, T5, T6, TResult>, T1, T2, T3, T4, T5, T6, TResult, TResult>>, IModule<T1, T2, T3, T4, T5, T6, TResult>
            {
                protected Module(string name) : base(name) { }

                public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);

                public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6)
                {
                    if (!HasHooks) return forward(input1, input2, input3, input4, input5, input6);
                    RunModulePreHooks();
                    foreach (var hook in pre_hooks.Values)
                    {
                        if (hook(this, input1, input2, input3, input4, input5, input6) is { } changed) (input1, input2, input3, input4, input5, input6) = changed;
                    }

                    var result = forward(input1, input2, input3, input4, input5, input6);
                    foreach (var hook in post_hooks.Values)
                    {
                        if (hook(this, input1, input2, input3, input4, input5, input6, result) is { } changed) result = changed;
                    }

                    RunModulePostHooks();
                    return result;
                }
            }
        }
    }
}
