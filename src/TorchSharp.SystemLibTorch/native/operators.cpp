// Calls any operator that libtorch's dispatcher knows, by name, through its boxed calling convention.
#include "shim.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <ATen/core/stack.h>

#include <sstream>
#include <vector>

namespace shim {
namespace {

// What the schema wants at one position, read once when the operator is looked up.
enum class Wanted { Tensor, Number, Real, Integer, Bool, String, Device, Generator, IntList, DoubleList, BoolList, TensorList, OptionalTensorList, NumberList, Other };

struct Parameter {
    Wanted wanted;
    bool optional;
    bool has_default;
    c10::IValue default_value;
    int64_t fixed_length;  // of int[2] and the like, where one number stands for all; else 0
    std::string name;
};

struct Operator {
    c10::OperatorHandle handle;
    std::string name;
    std::vector<Parameter> parameters;
};

Wanted wanted_by(const c10::TypePtr& type);

Wanted wanted_list(const c10::TypePtr& element) {
    if (element->kind() == c10::TypeKind::OptionalType) return Wanted::OptionalTensorList;
    switch (wanted_by(element)) {
        case Wanted::Tensor: return Wanted::TensorList;
        case Wanted::Integer: return Wanted::IntList;
        case Wanted::Real: return Wanted::DoubleList;
        case Wanted::Bool: return Wanted::BoolList;
        case Wanted::Number: return Wanted::NumberList;
        default: return Wanted::Other;
    }
}

Wanted wanted_by(const c10::TypePtr& type) {
    switch (type->kind()) {
        case c10::TypeKind::OptionalType: return wanted_by(type->containedType(0));
        case c10::TypeKind::TensorType: return Wanted::Tensor;
        case c10::TypeKind::NumberType: return Wanted::Number;
        case c10::TypeKind::FloatType: return Wanted::Real;
        case c10::TypeKind::IntType: return Wanted::Integer;
        case c10::TypeKind::SymIntType: return Wanted::Integer;
        case c10::TypeKind::BoolType: return Wanted::Bool;
        case c10::TypeKind::StringType: return Wanted::String;
        case c10::TypeKind::DeviceObjType: return Wanted::Device;
        case c10::TypeKind::GeneratorType: return Wanted::Generator;
        case c10::TypeKind::ListType: return wanted_list(type->containedType(0));
        default: return Wanted::Other;
    }
}

[[noreturn]] void reject(const Operator& op, const Parameter& parameter, const Value& value) {
    static const char* const kinds[] = {"nothing", "a tensor", "an integer", "a real number", "a bool", "a string", "a list of integers",
        "a list of reals", "a list of bools", "a list of tensors", "a device", "a generator", "a complex number", "a list of numbers"};
    const bool known = value.kind >= 0 && value.kind <= ScalarList;
    TORCH_CHECK(false, op.name, "(): argument '", parameter.name, "' was given ", known ? kinds[value.kind] : "an unknown kind of value",
        ", but the schema is ", op.handle.schema());
}

at::Tensor tensor_of(const void* pointer) { return *static_cast<const at::Tensor*>(pointer); }

c10::IValue number(const Operator& op, const Parameter& parameter, const Value& value) {
    switch (value.kind) {
        case Int: return value.integer;
        case Double: return value.real;
        case Bool: return value.integer != 0;
        case Complex: {
            const auto* parts = static_cast<const double*>(value.pointer);
            return c10::complex<double>(parts[0], parts[1]);
        }
        case Tensor: return tensor_of(value.pointer).item();
        default: reject(op, parameter, value);
    }
}

c10::IValue int_list(const Operator& op, const Parameter& parameter, const Value& value) {
    if (value.kind == IntList) {
        const auto* items = static_cast<const int64_t*>(value.pointer);
        return c10::IValue(std::vector<int64_t>(items, items + value.length));
    }
    if (value.kind == Int) {
        return c10::IValue(std::vector<int64_t>(parameter.fixed_length > 0 ? parameter.fixed_length : 1, value.integer));
    }
    reject(op, parameter, value);
}

c10::IValue tensor_list(const Operator& op, const Parameter& parameter, const Value& value) {
    if (value.kind != TensorList) reject(op, parameter, value);
    const auto* items = static_cast<at::Tensor* const*>(value.pointer);
    if (parameter.wanted == Wanted::OptionalTensorList) {
        c10::impl::GenericList list(c10::OptionalType::create(c10::TensorType::get()));
        list.reserve(value.length);
        for (int32_t i = 0; i < value.length; i++) list.push_back(items[i] ? c10::IValue(*items[i]) : c10::IValue());
        return list;
    }
    c10::List<at::Tensor> list;
    list.reserve(value.length);
    for (int32_t i = 0; i < value.length; i++) {
        TORCH_CHECK(items[i], op.name, "(): tensor ", i, " of argument '", parameter.name, "' is null");
        list.push_back(*items[i]);
    }
    return list;
}

// One argument as the schema wants it: whole numbers become reals where reals are wanted, and so on.
c10::IValue convert(const Operator& op, const Parameter& parameter, const Value& value) {
    if (value.kind == None) {
        if (parameter.optional) return {};
        if (parameter.has_default) return parameter.default_value;
        reject(op, parameter, value);
    }
    switch (parameter.wanted) {
        case Wanted::Tensor:
            if (value.kind == Tensor) return tensor_of(value.pointer);
            break;
        case Wanted::Number: return number(op, parameter, value);
        case Wanted::Real:
            if (value.kind == Double) return value.real;
            if (value.kind == Int || value.kind == Bool) return static_cast<double>(value.integer);
            break;
        case Wanted::Integer:
            if (value.kind == Int || value.kind == Bool) return value.integer;
            break;
        case Wanted::Bool:
            if (value.kind == Bool || value.kind == Int) return value.integer != 0;
            break;
        case Wanted::String:
            if (value.kind == String) return std::string(static_cast<const char*>(value.pointer), value.length);
            break;
        case Wanted::Device:
            if (value.kind == Device) return unpack_device(value.integer);
            break;
        case Wanted::Generator:
            if (value.kind == Generator) return *static_cast<const at::Generator*>(value.pointer);
            break;
        case Wanted::IntList: return int_list(op, parameter, value);
        case Wanted::DoubleList:
            if (value.kind == DoubleList) {
                const auto* items = static_cast<const double*>(value.pointer);
                return c10::IValue(std::vector<double>(items, items + value.length));
            }
            break;
        case Wanted::BoolList:
            if (value.kind == BoolList) {
                const auto* items = static_cast<const bool*>(value.pointer);
                c10::List<bool> list;
                for (int32_t i = 0; i < value.length; i++) list.push_back(items[i]);
                return list;
            }
            break;
        case Wanted::NumberList:
            if (value.kind == ScalarList) {
                const auto* items = static_cast<const Value*>(value.pointer);
                c10::impl::GenericList list(c10::NumberType::get());
                for (int32_t i = 0; i < value.length; i++) list.push_back(number(op, parameter, items[i]));
                return list;
            }
            break;
        case Wanted::TensorList:
        case Wanted::OptionalTensorList: return tensor_list(op, parameter, value);
        case Wanted::Other: break;
    }
    reject(op, parameter, value);
}

void fill(torch::jit::Stack& stack, const Operator& op, const Value* values, int32_t count) {
    const size_t wanted = op.parameters.size();
    TORCH_CHECK(static_cast<size_t>(count) <= wanted, op.name, "(): got ", count, " arguments, but the schema is ", op.handle.schema());
    stack.reserve(wanted);
    for (int32_t i = 0; i < count; i++) stack.push_back(convert(op, op.parameters[i], values[i]));
    for (size_t i = count; i < wanted; i++) {
        const Parameter& parameter = op.parameters[i];
        TORCH_CHECK(parameter.has_default || parameter.optional, op.name, "(): argument '", parameter.name, "' is missing; the schema is ", op.handle.schema());
        stack.push_back(parameter.has_default ? parameter.default_value : c10::IValue());
    }
}

void write_list(Value& result, const c10::List<at::Tensor>& list) {
    auto* items = new at::Tensor*[list.size()];
    for (size_t i = 0; i < list.size(); i++) items[i] = boxed_or_null(list.get(i));
    result.kind = TensorList;
    result.length = static_cast<int32_t>(list.size());
    result.pointer = items;
}

void write(Value& result, c10::IValue&& value) {
    result.kind = None;
    result.length = 0;
    result.integer = 0;
    if (value.isTensor()) {
        result.pointer = boxed_or_null(std::move(value).toTensor());
        result.kind = result.pointer ? Tensor : None;
    } else if (value.isInt()) {
        result.kind = Int;
        result.integer = value.toInt();
    } else if (value.isDouble()) {
        result.kind = Double;
        result.real = value.toDouble();
    } else if (value.isBool()) {
        result.kind = Bool;
        result.integer = value.toBool();
    } else if (value.isTensorList()) {
        write_list(result, value.toTensorList());
    } else if (!value.isNone()) {
        TORCH_CHECK(false, "a result of type ", value.tagKind(), " cannot be handed over");
    }
}

// The argument stack is kept between calls so that its memory is reused; a call made from inside a call
// (a custom function's backward, say) finds it empty and uses its own.
thread_local torch::jit::Stack spare_stack;

struct BorrowedStack {
    torch::jit::Stack stack;
    BorrowedStack() { stack.swap(spare_stack); }
    ~BorrowedStack() {
        stack.clear();
        stack.swap(spare_stack);
    }
};

}  // namespace
}  // namespace shim

// Looks an operator up; null when this libtorch has none of that name and overload.
SHIM_EXPORT void* shim_operator_find(const char* name, const char* overload) {
    return shim::guarded<void*>(nullptr, [&]() -> void* {
        auto found = c10::Dispatcher::singleton().findSchema({name, overload});
        if (!found) {
            std::string message = "this libtorch (" TORCH_VERSION ") has no operator " + std::string(name);
            if (*overload) message += "." + std::string(overload);
            shim::set_last_error(message.c_str());
            return nullptr;
        }
        auto* op = new shim::Operator{*found, name, {}};
        for (const auto& argument : found->schema().arguments()) {
            shim::Parameter parameter;
            parameter.wanted = shim::wanted_by(argument.type());
            parameter.optional = argument.type()->kind() == c10::TypeKind::OptionalType;
            parameter.has_default = argument.default_value().has_value();
            if (parameter.has_default) parameter.default_value = *argument.default_value();
            parameter.fixed_length = argument.N() ? *argument.N() : 0;
            parameter.name = argument.name();
            op->parameters.push_back(std::move(parameter));
        }
        return op;
    });
}

// Calls an operator. Writes up to `capacity` results and returns how many the operator gave; -1 on failure.
SHIM_EXPORT int32_t shim_operator_call(void* handle, const shim::Value* arguments, int32_t count, shim::Value* results, int32_t capacity) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        const auto& op = *static_cast<const shim::Operator*>(handle);
        shim::BorrowedStack borrowed;
        shim::fill(borrowed.stack, op, arguments, count);
        op.handle.callBoxed(&borrowed.stack);
        const auto given = static_cast<int32_t>(borrowed.stack.size());
        for (int32_t i = 0; i < given && i < capacity; i++) shim::write(results[i], std::move(borrowed.stack[i]));
        return given;
    });
}

SHIM_EXPORT void shim_tensor_list_free(at::Tensor** items) { delete[] items; }
