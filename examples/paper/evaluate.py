"""Accuracy of CLIP's image encoder, edited or merged by lines, on one public data set.

usage: python3 evaluate.py MODEL --encoder ViT-B-32 --task EuroSAT --split test [--head FOLDER]
       pip install torch datasets safetensors pillow, and open_clip_torch (TALL masks)
       or transformers and fusion_bench (FusionBench)

The last line that it prints is {"accuracy": 0.93}: what `lines lab paper` and `lines tune` take.
"""
import argparse
import json
import pathlib

# The data sets that FusionBench names, on the Hub: as (path, configuration).
DATA = {
    "EuroSAT": ("tanganke/eurosat", None), "DTD": ("tanganke/dtd", None),
    "SUN397": ("tanganke/sun397", None), "MNIST": ("ylecun/mnist", None),
    "RESISC45": ("tanganke/resisc45", None), "GTSRB": ("tanganke/gtsrb", None),
    "Cars": ("tanganke/stanford_cars", None), "SVHN": ("ufldl-stanford/svhn", "cropped_digits"),
    "STL10": ("tanganke/stl10", None), "OxfordIIITPet": ("timm/oxford-iiit-pet", None),
    "Flowers102": ("dpdl-benchmark/oxford_flowers102", None), "CIFAR100": ("tanganke/cifar100", None),
    "PCAM": ("1aurent/PatchCamelyon", None), "FER2013": ("clip-benchmark/wds_fer2013", None),
    "CIFAR10": ("tanganke/cifar10", None), "Food101": ("ethz/food101", None),
    "FashionMNIST": ("zalando-datasets/fashion_mnist", None),
    "RenderedSST2": ("nateraw/rendered-sst2", None), "EMNIST": ("tanganke/emnist_letters", None),
    "KMNIST": ("tanganke/kmnist", None),
}
# What FusionBench calls a task's class names and prompts, where not as the data set is called.
PROMPTS = {
    "MNIST": "mnist", "SVHN": "svhn", "CIFAR100": "cifar100", "PCAM": "pcam", "FER2013": "fer2013",
    "CIFAR10": "cifar10", "Food101": "food101", "FashionMNIST": "fashion_mnist",
    "EMNIST": "emnist_letters", "KMNIST": "kmnist",
}
TRANSFORMERS = {
    "ViT-B-32": "openai/clip-vit-base-patch32", "ViT-B-16": "openai/clip-vit-base-patch16",
    "ViT-L-14": "openai/clip-vit-large-patch14",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path, help="a folder with model.safetensors, or a file")
    parser.add_argument("--encoder", required=True, choices=TRANSFORMERS)
    parser.add_argument("--task", required=True, choices=DATA)
    parser.add_argument("--split", required=True, choices=["validation", "test"])
    parser.add_argument("--head", type=pathlib.Path, help="class vectors; without, made of FusionBench's prompts")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--device", help="such as cuda or cpu (default: cuda where there is one)")
    return parser.parse_args()


def tensors(place):
    """All tensors of a model's folder or file, without the prefix that its training code gave."""
    from safetensors.torch import load_file

    files = sorted(place.glob("*.safetensors")) if place.is_dir() else [place]
    if not files or not all(file.is_file() for file in files):
        raise SystemExit(f"{place}: no safetensors there")
    loaded = {}
    for file in files:
        loaded.update(load_file(file))
    return {name.removeprefix("model."): value for name, value in loaded.items()}


def load(module, weights, part):
    """Fills in weights; those of `part` must all be there, and nothing may be left over."""
    missing, left = module.load_state_dict(weights, strict=False)
    missing = [name for name in missing if name.startswith(part) and "position_ids" not in name]
    left = [name for name in left if "position_ids" not in name]
    if missing or left:
        raise SystemExit(f"not this encoder: missing {missing[:3]}, left over {left[:3]}")


def encoder(args, weights):
    """An image's preprocessing, and what makes unit vectors of a batch of images, and of texts."""
    import torch

    if any(name.startswith("visual.") for name in weights):
        import open_clip

        model, _, preprocess = open_clip.create_model_and_transforms(args.encoder, pretrained="openai")
        load(model, weights, "visual.")
        model = model.eval().to(args.device)
        return preprocess, lambda batch: model.encode_image(batch, normalize=True), None

    from transformers import CLIPModel, CLIPProcessor

    name = TRANSFORMERS[args.encoder]
    model = CLIPModel.from_pretrained(name)
    load(model, weights, "vision_model.")
    model = model.eval().to(args.device)
    processor = CLIPProcessor.from_pretrained(name)

    def unit(vectors):
        vectors = getattr(vectors, "pooler_output", vectors)  # transformers 5 gives an output of its own
        return vectors / vectors.norm(dim=-1, keepdim=True)

    def texts(lines):
        tokens = processor.tokenizer(lines, padding=True, return_tensors="pt").to(args.device)
        return unit(model.get_text_features(**tokens))

    def preprocess(image):
        return processor.image_processor(image, return_tensors="pt")["pixel_values"][0]

    return preprocess, lambda batch: unit(model.get_image_features(pixel_values=batch)), texts


def class_vectors(args, texts):
    """One row for each class: published with the checkpoints, or the mean of a class's prompts."""
    import torch

    if args.head:
        weights = tensors(args.head)
        return weights["weight"].to(args.device), weights["bias"].to(args.device)
    if texts is None:
        raise SystemExit("this encoder has no text encoder: name its class vectors with --head")
    from fusion_bench.tasks.clip_classification import get_classnames_and_templates

    names, templates = get_classnames_and_templates(PROMPTS.get(args.task, DATA[args.task][0]))
    rows = []
    for name in names:
        mean = texts([template(name) for template in templates]).mean(dim=0)
        rows.append(mean / mean.norm())
    return torch.stack(rows), torch.zeros(len(rows), device=args.device)


def images(args):
    """The test split, or a tenth of the training split (at most 5,000), drawn as the authors draw theirs."""
    import datasets
    import torch

    path, configuration = DATA[args.task]
    data = datasets.load_dataset(path, configuration, split="test" if args.split == "test" else "train")
    if args.split == "validation":
        count = min(len(data) // 10, 5000)
        lengths = [len(data) - count, count]
        chosen = torch.utils.data.random_split(range(len(data)), lengths, torch.Generator().manual_seed(0))
        data = data.select(chosen[1].indices)
    image = next(name for name, kind in data.features.items() if isinstance(kind, datasets.Image))
    label = next(name for name in ("label", "fine_label", "cls") if name in data.features)
    return data, image, label


def main():
    args = arguments()
    weights = tensors(args.model)  # what is wrong with the model is told before anything is loaded

    import torch

    args.device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    with torch.no_grad():
        preprocess, encode, texts = encoder(args, weights)
        vectors, bias = class_vectors(args, texts)
        data, image, label = images(args)

        def together(rows):
            pictures = torch.stack([preprocess(row[image].convert("RGB")) for row in rows])
            return pictures, torch.tensor([int(row[label]) for row in rows])

        loader = torch.utils.data.DataLoader(
            data, batch_size=args.batch, num_workers=args.workers, collate_fn=together)
        right = 0
        for pictures, labels in loader:
            scores = encode(pictures.to(args.device)) @ vectors.T + bias
            right += (scores.argmax(dim=1).cpu() == labels).sum().item()
    print(json.dumps({"accuracy": right / len(data)}))


if __name__ == "__main__":
    main()
