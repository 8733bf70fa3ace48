package org.lines4j.lab.experiment;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Location;

/// CLIP's image encoder, fine-tuned on up to twenty tasks, as others have published it. The sets
/// have tasks in common, not models: figures of one are not those of another.
public enum PublishedModels {
  /// Those of "Localizing Task Information" (arXiv 2405.07813), which LiNeS' authors use, too.
  TALL("hf://nik-dim/tall_masks/single_task") {
    @Override
    Location base(String model, String from) {
      return in(from, model + "/MNISTVal/nonlinear_zeroshot.pt");
    }

    @Override
    Location tuned(String model, String from, String task) {
      return in(from, "%s/%sVal/nonlinear_finetuned.pt".formatted(model, task));
    }

    @Override
    Optional<Location> head(String model, String from, String task) {
      return Optional.of(in(from, "%s/head_%sVal.pt".formatted(model, task)));
    }
  },

  /// Those of FusionBench; the base is OpenAI's. Class vectors come from the base's text encoder.
  FUSIONBENCH("hf://tanganke") {
    @Override
    Location base(String model, String from) {
      return Location.parse("hf://openai/" + architecture(model));
    }

    @Override
    Location tuned(String model, String from, String task) {
      String name = FUSIONBENCH_NAMES.getOrDefault(task, task.toLowerCase(Locale.ROOT));
      return in(from, architecture(model) + "_" + name);
    }

    @Override
    Optional<Location> head(String model, String from, String task) {
      return Optional.empty();
    }
  };

  /// In the order in which the paper takes the first 8, 14 or 20.
  private static final List<String> TASKS =
      List.of(
          "EuroSAT",
          "DTD",
          "SUN397",
          "MNIST",
          "RESISC45",
          "GTSRB",
          "Cars",
          "SVHN",
          "STL10",
          "OxfordIIITPet",
          "Flowers102",
          "CIFAR100",
          "PCAM",
          "FER2013",
          "CIFAR10",
          "Food101",
          "FashionMNIST",
          "RenderedSST2",
          "EMNIST",
          "KMNIST");

  private static final Map<String, String> FUSIONBENCH_NAMES =
      Map.of(
          "Cars", "stanford-cars",
          "OxfordIIITPet", "oxford-iiit-pet",
          "Flowers102", "oxford_flowers102",
          "FashionMNIST", "fashion_mnist",
          "RenderedSST2", "rendered-sst2",
          "EMNIST", "emnist_letters");

  private static final Map<String, String> ARCHITECTURES =
      Map.of(
          "ViT-B-32", "clip-vit-base-patch32",
          "ViT-B-16", "clip-vit-base-patch16",
          "ViT-L-14", "clip-vit-large-patch14");

  private final String usualPlace;

  PublishedModels(String usualPlace) {
    this.usualPlace = usualPlace;
  }

  /// The first tasks.
  ///
  /// @throws RequestException if there are not so many, or too few to be merged
  public static List<String> tasks(int count) {
    if (count < 2 || count > TASKS.size()) {
      throw RequestException.expected("tasks", "2 … " + TASKS.size(), count);
    }
    return TASKS.subList(0, count);
  }

  /// What transformers calls an encoder.
  ///
  /// @throws RequestException if it is none that was published
  static String architecture(String model) {
    String name = ARCHITECTURES.get(model);
    if (name == null) {
      throw RequestException.expected("a model", "ViT-B-32, ViT-B-16 or ViT-L-14", model);
    }
    return name;
  }

  /// Where they lie, unless something else is said.
  public String usualPlace() {
    return usualPlace;
  }

  /// What measures them, unless something else is said: the command of `examples/paper`.
  public String usualEvaluator(String model) {
    return "python3 examples/paper/evaluate.py {model} --encoder %s --task {task} --split {split}"
            .formatted(model)
        + (this == TALL ? " --head {head}" : "");
  }

  /// What was fine-tuned.
  abstract Location base(String model, String from);

  /// What it became on a task.
  abstract Location tuned(String model, String from, String task);

  /// The class vectors that fine-tuning left as they were.
  abstract Optional<Location> head(String model, String from, String task);

  private static Location in(String from, String name) {
    return Location.parse(from).child(name);
  }
}
