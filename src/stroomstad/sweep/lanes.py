"""Sixteen numbers at once, in the registers of the processor.

A loop over sixteen steps inside a loop over nodes is where all the time of a sweep goes. Left to
itself the compiler guards every such loop against arrays that overlap, and half of the speed is
gone; told in vectors, it need not guess. Each vector is one value of LLVM, which splits it into
the registers that a processor has. Operations keep their order: no sum is regrouped, and a
product is fused with a sum wherever the processor can.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.extending import models, register_model

WIDTH = 16

intrinsic: Any = extending.intrinsic
overload: Any = extending.overload

_VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)
_INDEX = ir.IntType(32)
_FUSED = ("contract",)


class Lanes(types.Type):
    """Type of a vector of `WIDTH` doubles inside compiled code."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes{WIDTH}")


LANES = Lanes()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, models_of: Any, kind: Any) -> None:
        super().__init__(models_of, kind, _VECTOR)  # type: ignore[no-untyped-call]


def _address(context: Any, builder: Any, kind: Any, array: Any, start: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [start]), _VECTOR.as_pointer())


def _splat(builder: Any, value: Any) -> Any:
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    single = builder.insert_element(undefined, value, ir.Constant(_INDEX, 0))
    zeros = ir.Constant(ir.VectorType(_INDEX, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, undefined, zeros)


def _vectors(context: Any, builder: Any, kinds: Any, values: Any) -> list[Any]:
    """Turn the numbers among the arguments into vectors."""
    return [
        value
        if isinstance(kind, Lanes)
        else _splat(builder, context.cast(builder, value, kind, types.float64))
        for kind, value in zip(kinds, values, strict=True)
    ]


def _halves(builder: Any, vector: Any, width: int) -> tuple[Any, Any]:
    undefined = ir.Constant(vector.type, ir.Undefined)
    half = ir.VectorType(_INDEX, width // 2)
    low = ir.Constant(half, list(range(width // 2)))
    high = ir.Constant(half, list(range(width // 2, width)))
    return (
        builder.shuffle_vector(vector, undefined, low),
        builder.shuffle_vector(vector, undefined, high),
    )


def _fold(builder: Any, vector: Any, join: Callable[[Any, Any], Any]) -> Any:
    """Join the halves until one number is left: always in the same order."""
    width = WIDTH
    while width > 1:
        vector = join(*_halves(builder, vector, width))
        width //= 2
    return builder.extract_element(vector, ir.Constant(_INDEX, 0))


@intrinsic
def load(_typing: Any, array: Any, start: Any) -> Any:
    """Take the numbers of a flat array from position ``start`` on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], *args)
        return builder.load(address, align=8)

    return LANES(array, types.intp), generate


@intrinsic
def store(_typing: Any, array: Any, start: Any, vector: Any) -> Any:
    """Put a vector into a flat array from position ``start`` on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], *args[:2])
        builder.store(args[2], address, align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), generate


@intrinsic
def fill(_typing: Any, value: Any) -> Any:
    """Repeat one number in every lane."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return _splat(builder, args[0])

    return LANES(types.float64), generate


def _arithmetic(name: str, flags: tuple[str, ...]) -> Any:
    @intrinsic
    def calculate(_typing: Any, one: Any, other: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            vectors = _vectors(context, builder, signature.args, args)
            return getattr(builder, name)(*vectors, flags=flags)

        return LANES(one, other), generate

    return calculate


def _replace_operator(sign: Any, calculate: Any) -> None:
    @overload(sign)
    def lanes_operator(one, other):  # noqa: ANN001, ANN202  # names only, or it refuses them
        if isinstance(one, Lanes) or isinstance(other, Lanes):
            return lambda one, other: calculate(one, other)
        return None


_replace_operator(operator.add, _arithmetic("fadd", _FUSED))
_replace_operator(operator.sub, _arithmetic("fsub", _FUSED))
_replace_operator(operator.mul, _arithmetic("fmul", _FUSED))
_replace_operator(operator.truediv, _arithmetic("fdiv", ()))


def _larger(builder: Any, one: Any, other: Any) -> Any:
    return builder.select(builder.fcmp_ordered(">", other, one), other, one)


@intrinsic
def larger(_typing: Any, one: Any, other: Any) -> Any:
    """Lane by lane the larger; where ``other`` is not a number, ``one``."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return _larger(builder, *args)

    return LANES(one, other), generate


@intrinsic
def size(_typing: Any, vector: Any) -> Any:
    """Lane by lane the absolute value."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        negative = builder.fsub(ir.Constant(_VECTOR, [0.0] * WIDTH), args[0])
        return _larger(builder, args[0], negative)

    return LANES(vector), generate


@intrinsic
def root(_typing: Any, vector: Any) -> Any:
    """Lane by lane the square root."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR])
        name = f"llvm.sqrt.v{WIDTH}f64"
        function = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module, kind, name
        )
        return builder.call(function, args)

    return LANES(vector), generate


@intrinsic
def where_positive(_typing: Any, told: Any, one: Any, other: Any) -> Any:
    """Lane by lane ``one`` where ``told`` is above zero, and ``other`` elsewhere."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vectors = _vectors(context, builder, signature.args, args)
        zero = ir.Constant(_VECTOR, [0.0] * WIDTH)
        return builder.select(builder.fcmp_ordered(">", vectors[0], zero), *vectors[1:])

    return LANES(told, one, other), generate


@intrinsic
def exceeds(_typing: Any, vector: Any, value: Any) -> Any:
    """Whether any lane is above a number."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        flags = builder.fcmp_ordered(">", args[0], _splat(builder, args[1]))
        bits = builder.bitcast(flags, ir.IntType(WIDTH))
        return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(WIDTH), 0))

    return types.boolean(vector, types.float64), generate


@intrinsic
def highest(_typing: Any, vector: Any) -> Any:
    """Highest of the lanes; those that are not numbers count only when the first is one."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return _fold(builder, args[0], lambda one, other: _larger(builder, one, other))

    return types.float64(vector), generate


@intrinsic
def total(_typing: Any, vector: Any) -> Any:
    """Sum of the lanes, the halves added to each other until one number is left."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return _fold(builder, args[0], builder.fadd)

    return types.float64(vector), generate
