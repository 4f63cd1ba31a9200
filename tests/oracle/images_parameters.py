"""The package's gates and image encoders as the oracle's, with the same parameters, so that gradients flow back."""

from collections.abc import Callable, Iterable, Sequence

from torch import Tensor, nn

from saccade.encoders import ConvNet, Patches, ResidualAttention
from saccade.encoders.residual_attention import AttentionModule
from saccade.encoders.residual_unit import PaddedShortcut, PreActivatedUnit, ResidualUnit
from saccade.encoders.self_attention import SelfAttentionLayer
from saccade.gates import (
    Bottleneck,
    Channel,
    ChannelThenSpatial,
    EfficientChannel,
    Gate,
    Pyramid,
    ResidualMask,
    Scale,
    Spatial,
)
from saccade.gates.residual_mask import EPSILON

from . import gates, patches, residual_attention, residual_network
from .gates import Choose, Layer
from .grids import Convolution, Normalisation, Pooling, convolve, normalise, relu, sigmoid

# --- layers -----------------------------------------------------------------------------------------------------------


def of_convolution(module: nn.Module) -> Convolution:
    """Write a convolution with its own parameters."""
    assert isinstance(module, nn.Conv2d)
    assert isinstance(module.padding, tuple)
    walk = module.stride[0], module.padding[0], module.dilation[0]
    return Convolution(module.weight, module.bias, *walk, groups=module.groups)


def of_norm(module: nn.Module) -> Normalisation:
    """Write a batch normalisation: by the batch where the module is in training, else by what it has seen."""
    assert isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d)
    seen = (None, None) if module.training else (module.running_mean, module.running_var)
    return Normalisation(module.weight, module.bias, *seen, epsilon=module.eps)


def of_linear(module: nn.Module) -> Layer:
    """Give weight and bias."""
    assert isinstance(module, nn.Linear)
    return module.weight, module.bias


def only(kind: type[nn.Module], modules: Iterable[nn.Module]) -> list[nn.Module]:
    """Keep those of one kind."""
    return [module for module in modules if isinstance(module, kind)]


# --- gates ------------------------------------------------------------------------------------------------------------


def map_of(gate: Gate, source: Tensor, choose: Choose = sigmoid) -> Tensor:
    """Make the map of a gate that weighs the features as they are, by the oracle."""
    match gate:
        case Channel():
            return gates.channel(source, *map(of_linear, only(nn.Linear, gate.perceptron)), choose=choose)
        case EfficientChannel():
            return gates.efficient_channel(source, gate.convolution.weight[0, 0], gate.convolution.bias, choose)
        case Spatial():
            return gates.spatial(source, of_convolution(gate.convolution), choose)
        case ChannelThenSpatial():
            layers = map(of_linear, only(nn.Linear, gate.perceptron))
            convolution = of_convolution(gate.spatial.convolution)
            channel, spatial = gates.channel_then_spatial(source, *layers, convolution, choose=choose)
            return channel * spatial
        case Bottleneck():
            return gates.bottleneck(
                source,
                *map(of_linear, only(nn.Linear, gate.channel)),
                of_norm(gate.channel[-1]),
                [of_convolution(module) for module in only(nn.Conv2d, gate.spatial)],
                of_norm(gate.spatial[-1]),
                relu,
                choose,
            )
        case _:
            raise AssertionError(type(gate))


def weigh(gate: Gate, features: Tensor, source: Tensor | None = None, choose: Choose = sigmoid) -> Tensor:
    """Weigh features by the oracle with the parameters of a gate."""
    source = features if source is None else source
    if isinstance(gate, Scale):
        return gates.mix(branches_of(gate, features), weights_of(gate, branches_of(gate, source)))
    map_ = map_of(gate, source, choose)
    return gates.weigh_residually(features, map_) if isinstance(gate, Bottleneck) else gates.weigh(features, map_)


def branches_of(gate: Scale, features: Tensor) -> list[Tensor]:
    """Look with each receptive field."""
    branches = []
    for branch in gate.branches:
        assert isinstance(branch, nn.Sequential)
        branches.append(relu(normalise(convolve(features, of_convolution(branch[0])), of_norm(branch[1]))))
    return branches


def weights_of(gate: Scale, branches: Sequence[Tensor]) -> list[Tensor]:
    """Weigh the receptive fields."""
    squeeze, norm = gate.squeeze[:2]
    return gates.scale(branches, of_linear(squeeze)[0], of_norm(norm), gate.select.weight.chunk(len(branches)))


def pyramid_weights_of(gate: Pyramid, pyramid: Tensor) -> list[Tensor]:
    """Weigh the sizes (batch, scale, channel, height, width) of an image."""
    first, second = map(of_convolution, only(nn.Conv2d, gate.compare))
    return gates.pyramid(pyramid.unbind(1), first, second)


# --- residual networks ------------------------------------------------------------------------------------------------


def pairs(modules: Iterable[nn.Module]) -> list[residual_network.Convolved]:
    """Put each convolution with the normalisation after it."""
    modules = list(modules)
    norms = map(of_norm, only(nn.BatchNorm2d, modules))
    return list(zip(map(of_convolution, only(nn.Conv2d, modules)), norms, strict=True))


def of_residual_unit(unit: nn.Module) -> residual_network.Block:
    """Write a residual unit."""
    assert isinstance(unit, ResidualUnit)
    shortcut: Callable[[Tensor], Tensor] = lambda x: x  # noqa: E731
    if isinstance(unit.shortcut, PaddedShortcut):
        channels = pairs(unit.branch.children())[-1][0].weight.shape[0]
        shortcut = residual_network.padded_with_zeros(channels, unit.shortcut.stride)
    elif isinstance(unit.shortcut, nn.Sequential):
        shortcut = residual_network.projection(*pairs(unit.shortcut))
    gate = unit.gate
    return residual_network.Block(
        pairs(unit.branch.children()), shortcut, (lambda x: x) if gate is None else (lambda x: weigh(gate, x))
    )


def pooling_of(stem: nn.Sequential) -> Pooling | None:
    """Find the maximum pooling of a large network."""
    for module in stem:
        if isinstance(module, nn.MaxPool2d):
            return Pooling(3, 2, 1)
    return None


def read_with_convnet(encoder: ConvNet, images: Tensor) -> Tensor:
    """Give the values of an encoder's memory by the oracle."""
    blocks = [of_residual_unit(unit) for unit in encoder.stages]
    grid = residual_network.network(images, *pairs(encoder.stem), blocks, pooling_of(encoder.stem))
    return residual_network.cells(grid)


# --- residual attention -----------------------------------------------------------------------------------------------


def of_pre_activated(unit: nn.Module) -> residual_attention.Unit:
    """Write a pre-activated residual unit."""
    assert isinstance(unit, PreActivatedUnit)
    norms = map(of_norm, only(nn.BatchNorm2d, [*unit.activate, *unit.branch]))
    convolutions = map(of_convolution, only(nn.Conv2d, unit.branch))
    layers = [residual_attention.PreActivated(*pair) for pair in zip(norms, convolutions, strict=True)]
    return residual_attention.residual_unit(layers, None if unit.project is None else of_convolution(unit.project))


def chain_of(modules: nn.Module) -> list[residual_attention.Unit]:
    """Write units that follow each other."""
    return [of_pre_activated(module) for module in modules.children()]


def of_mask(gate: ResidualMask) -> residual_attention.Mask:
    """Write a mask branch; the authors' interpolation keeps the corners' centres."""
    skips = [of_pre_activated(skip) for skip in gate.skip]
    levels = [
        residual_attention.Level(chain_of(down), chain_of(up), skip)
        for down, up, skip in zip(gate.down, gate.up, [*skips, None], strict=True)
    ]
    norms = map(of_norm, only(nn.BatchNorm2d, gate.project))
    convolutions = map(of_convolution, only(nn.Conv2d, gate.project))
    ends = [residual_attention.PreActivated(*pair) for pair in zip(norms, convolutions, strict=True)]
    return residual_attention.Mask(levels, *ends, pooling=Pooling(3, 2, 1), corners=True)


def normalisation(name: str) -> residual_attention.Unit:
    """Find one of the three; the package adds a little to the variance, so that it is never 0."""
    if name == "spatial":
        return lambda x: residual_attention.spatial(x, EPSILON)
    return residual_attention.NORMALISATIONS[name]


def read_with_residual_attention(encoder: ResidualAttention, images: Tensor, learning: str, name: str) -> Tensor:
    """Give the values of an encoder's memory by the oracle."""
    stem, pooling = pairs(encoder.stem)[0], pooling_of(encoder.stem)
    x = residual_network.network(images, stem, [], pooling)
    for stage in encoder.stages:
        if isinstance(stage, AttentionModule):
            assert isinstance(stage.mask, ResidualMask)
            branches = chain_of(stage.before), chain_of(stage.trunk), of_mask(stage.mask), chain_of(stage.after)
            x = residual_attention.attention_module(
                x, residual_attention.Module(*branches), learning, normalisation(name)
            )
        else:
            x = of_pre_activated(stage)(x)
    x = residual_attention.chain([of_pre_activated(unit) for unit in only(PreActivatedUnit, encoder.last)], x)
    (norm,) = only(nn.BatchNorm2d, encoder.last)
    return residual_network.cells(residual_attention.activated(x, of_norm(norm)))


# --- patches ----------------------------------------------------------------------------------------------------------


def linear_of(module: nn.Linear) -> patches.Linear:
    """Write a linear layer."""
    return patches.Linear(module.weight, module.bias)


def layer_norm_of(module: nn.LayerNorm) -> patches.Norm:
    """Write a layer normalisation."""
    return patches.Norm(module.weight, module.bias, module.eps)


def of_layer(layer: nn.Module) -> patches.Layer:
    """Write an encoder layer; queries, keys and values lie below each other in one matrix."""
    assert isinstance(layer, SelfAttentionLayer)
    project = layer.look.project
    thirds = zip(project.weight.chunk(3), project.bias.chunk(3), strict=True)
    return patches.Layer(
        layer_norm_of(layer.look_norm),
        *(patches.Linear(*third) for third in thirds),
        linear_of(layer.look.join),
        layer.look.heads,
        layer_norm_of(layer.think_norm),
        linear_of(layer.widen),
        linear_of(layer.narrow),
    )


def read_with_patches(encoder: Patches, images: Tensor, positions: Sequence[Tensor]) -> list[patches.Encoded]:
    """Read each image by the oracle with an encoder's parameters.

    Args:
        encoder: Its class token has no position of its own: one learnt vector stands for both.
        images: (batch, channel, height, width).
        positions: Of the patches, row by row.
    """
    token = None if encoder.class_token is None else encoder.class_token[0]
    if token is not None:
        positions = [token.new_zeros(len(token)), *positions]
    embedding = patches.Linear(encoder.project.weight.flatten(1), encoder.project.bias)
    layers = [of_layer(layer) for layer in encoder.look.layers]
    norm = layer_norm_of(encoder.look.norm)
    return [
        patches.read(image, embedding, encoder.patch, encoder.stride, positions, token, layers, norm)
        for image in images
    ]
