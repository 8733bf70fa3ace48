"""What transformers calls tensors in files and in running models, for every class that it has.

    running.py OUT.tsv

Written are the classes of which some tensors are renamed as they are read: type, class, name in the
file, name in the running model; `-` where several tensors become one, or one several. Of names that
are alike, one stands for all. core's test RunningModulesTest reads it.
"""

import re
import signal
import sys
import warnings
from collections import defaultdict

import torch
import transformers
from transformers.conversion_mapping import get_model_conversion_mapping
from transformers.core_model_loading import revert_weight_conversion
from transformers.models.auto import modeling_auto
from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

DEPTHS = ("num_hidden_layers", "encoder_layers", "decoder_layers", "n_layer", "n_layers", "depth", "num_layers")
NOT_NAMES = re.compile(r"\.(gamma|beta|weight_g|weight_v)$")  # every transformers reads these


def classes():
    found = defaultdict(set)
    for name in dir(modeling_auto):
        if name.startswith("MODEL_") and name.endswith("MAPPING_NAMES"):
            for kind, some in getattr(modeling_auto, name).items():
                found[kind].update([some] if isinstance(some, str) else some)
    return sorted((kind, own) for kind in found for own in found[kind] if kind in CONFIG_MAPPING_NAMES)


def shallow(config):
    parts = [config] + [part for part in vars(config).values() if hasattr(part, "to_dict")]
    for part in parts:
        for depth in DEPTHS:
            value = getattr(part, depth, None)
            if isinstance(value, int) and value > 2:
                try:
                    setattr(part, depth, 2)
                except Exception:
                    pass
    return config


def model_of(own):
    with torch.device("meta"):
        try:
            return own(shallow(own.config_class()))
        except Exception:
            return own(own.config_class())


def names(own):
    """(in the file, in the running model), of all tensors."""
    model = model_of(own)
    running = model.state_dict()
    conversions = get_model_conversion_mapping(model)
    if not conversions:
        return []
    model._weight_conversions = conversions
    whose = {id(tensor): name for name, tensor in running.items()}
    pairs = []
    for name, tensor in revert_weight_conversion(model, dict(running)).items():
        if not NOT_NAMES.search(name):
            pairs.append((name, whose.get(id(tensor), "-")))
    return pairs


def numbered(name):
    return re.sub(r"(?<=\.)\d+(?=\.|$)", "1", name)


def kind_of(file, running):
    """What is renamed to what; or the first words of what is not."""
    if running == "-":
        return tuple(file.split(".")[-2:]), "-"
    if file == running:
        return tuple(file.split(".")[:2])
    a, b = numbered(file).split("."), numbered(running).split(".")
    while a and b and a[-1] == b[-1]:
        a.pop(), b.pop()
    while a and b and a[0] == b[0]:
        a.pop(0), b.pop(0)
    return tuple(a), tuple(b)


def main(out):
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    left = 0
    seen = set()
    with open(out, "w") as file:
        file.write(f"# transformers {transformers.__version__}, torch {torch.__version__}\n")
        for kind, own in classes():
            signal.alarm(60)
            try:
                pairs = names(getattr(transformers, own))
            except BaseException as e:
                if isinstance(e, KeyboardInterrupt):
                    raise
                left += 1
                continue
            finally:
                signal.alarm(0)
            if all(a == b for a, b in pairs):
                continue
            for a, b in pairs:
                shape = kind, kind_of(a, b)
                if shape not in seen:
                    seen.add(shape)
                    file.write(f"{kind}\t{own}\t{numbered(a)}\t{numbered(b)}\n")
    print(f"{left} classes could not be made from their default configuration")


if __name__ == "__main__":
    main(sys.argv[1])
