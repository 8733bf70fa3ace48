package org.lines4j.internal.foreign;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.Shown;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// Folders that hold a model in the parts that the processes of a training run wrote, of which its
/// own tools make a whole again.
public final class ShardedTraining {
  private static final String MERGE = "put the model together first: ";

  /// What Megatron-Core keeps beside the parts of a checkpoint, and nobody else.
  private static final String COMMON = "common.pt";

  private static final String NEMO_TO_HF =
      "with the script for its family in NeMo's scripts/checkpoint_converters, such as"
          + " convert_llama_nemo_to_hf.py";

  /// What single processes wrote.
  private static final Pattern PART =
      Pattern.compile(
          ".*_states\\.pt|model(_optim)?_rng\\.pt|distrib_optim\\.pt"
              + "|(model|optim|extra_state)_world_size_\\d+_rank_\\d+\\.pt");

  /// Where verl keeps the model of a step that it trains, and in that the whole one.
  private static final String ACTOR = "actor";

  private static final String WHOLE = "huggingface";

  private final Storage storage;
  private final Location folder;
  private final List<Entry> entries;

  private ShardedTraining(Storage storage, Location folder) throws IOException {
    this.storage = storage;
    this.folder = folder;
    this.entries = storage.list(folder);
  }

  /// What such a folder is, and what makes a model of it; empty where it is none.
  public static Optional<Problem> in(Storage storage, Location folder) throws IOException {
    return new ShardedTraining(storage, folder).problem();
  }

  /// The same where files that might be models lie in the folder, of which all are parts or belong
  /// to parts.
  ///
  /// @param files that might be models
  public static Optional<Problem> in(Storage storage, Location folder, List<String> files)
      throws IOException {
    ShardedTraining training = new ShardedTraining(storage, folder);
    boolean areParts =
        training.isDistributed(folder)
            || training.isOfMegatron(folder)
            || training.isOfVerl(folder.child(ACTOR))
            || files.stream().allMatch(PART.asMatchPredicate());
    return areParts ? training.problem() : Optional.empty();
  }

  /// Whether a file is called as what a single process wrote.
  public static boolean isPart(String file) {
    return PART.matcher(file).matches();
  }

  private Optional<Problem> problem() {
    boolean isStep = entries.stream().anyMatch(entry -> entry.name().endsWith("_states.pt"));
    if (hasFile("zero_to_fp32.py") || isStep || holdsStates()) {
      return told(
          "a checkpoint of DeepSpeed, whose processes each wrote a part of the weights",
          "python zero_to_fp32.py . OUT --safe_serialization in "
              + (isStep && !hasFile("zero_to_fp32.py") ? "the folder above" : "this folder"));
    }
    return ofVerl().or(this::ofNvidia).or(this::distributed);
  }

  private Optional<Problem> ofVerl() {
    return Stream.of(folder, folder.child(ACTOR))
        .filter(this::isOfVerl)
        .findFirst()
        .flatMap(
            actor -> {
              String what =
                  "a checkpoint of verl, whose processes each wrote a part of the weights";
              Location whole = actor.child(WHOLE);
              return names(whole).stream().anyMatch(name -> name.endsWith(".safetensors"))
                  ? Optional.of(
                      Problem.of(what)
                          .withRemedy(Remedy.of("name %s, which holds them all".formatted(whole))))
                  : told(
                      what,
                      "python -m verl.model_merger merge --backend fsdp --local_dir %s --target_dir OUT"
                          .formatted(Shown.word(actor.toString())));
            });
  }

  /// A whole checkpoint, then its weights alone, then what processes wrote one by one.
  private Optional<Problem> ofNvidia() {
    if (isOfMegatron(folder.child("weights")) && hasFile("context")) {
      return nemo2("a checkpoint of NeMo 2", folder);
    }
    if (isOfMegatron(folder) && folder.isLocal()) {
      Location above = folder.absolute().sibling("");
      if (names(above).contains("context")) {
        return nemo2("the weights of a checkpoint of NeMo 2", above);
      }
    }
    if (isOfMegatron(folder.child("model_weights")) && hasFile("model_config.yaml")) {
      return told("a checkpoint of NeMo 1, unpacked", NEMO_TO_HF);
    }
    if (isOfMegatron(folder)) {
      return megatronCore("a checkpoint of Megatron-Core", folder);
    }
    Optional<String> step =
        folders().filter(name -> isOfMegatron(folder.child(name))).findFirst().map(Shown::of);
    if (step.isPresent()) {
      return megatronCore(
          "a checkpoint of Megatron-Core in " + step.get(), folder.child(step.get()));
    }
    String megatron = "with tools/checkpoint/convert.py of Megatron-LM";
    if (entries.stream().anyMatch(entry -> entry.name().matches("model(_optim)?_rng\\.pt"))) {
      return told("a part of a checkpoint of Megatron, which one process wrote", megatron);
    }
    return folders().anyMatch(name -> name.matches("iter_\\d+|mp_rank_\\d+.*"))
        ? told(
            "a checkpoint of Megatron, whose processes each wrote a part of the weights", megatron)
        : Optional.empty();
  }

  private static Optional<Problem> nemo2(String what, Location checkpoint) {
    return told(
        what + ", in parts that Megatron-Core wrote",
        "in Python with NeMo, nemo.collections.llm.export_ckpt(Path('%s'), 'hf', Path('OUT'))"
            .formatted(checkpoint));
  }

  private static Optional<Problem> megatronCore(String what, Location checkpoint) {
    return told(
        what + ", in the parts that its processes wrote",
        ("in Python with Megatron Bridge, AutoBridge.from_hf_pretrained(NAME).export_ckpt('%s',"
                + " 'OUT'), NAME being a model of its kind on the Hub; or with the converter of the"
                + " program that trained it")
            .formatted(checkpoint));
  }

  private Optional<Problem> distributed() {
    if (isDistributed(folder) && hasFile("meta.pt")) {
      return told(
          "a checkpoint of Lightning, in parts of .distcp",
          "python -m lightning.fabric.utilities.consolidate_checkpoint "
              + Shown.word(folder.toString()));
    }
    if (isDistributed(folder)) {
      return told(
          "a distributed checkpoint of PyTorch (DCP), in parts of .distcp",
          "python -m torch.distributed.checkpoint.format_utils dcp_to_torch %s OUT.pt"
              .formatted(Shown.word(folder.toString())));
    }
    return folders()
        .filter(name -> !name.startsWith("optimizer") && isDistributed(folder.child(name)))
        .findFirst()
        .flatMap(
            name ->
                told(
                    "weights of FSDP in %s, in parts of .distcp".formatted(Shown.of(name)),
                    "accelerate merge-weights %s OUT"
                        .formatted(Shown.word(folder.child(Shown.of(name)).toString()))));
  }

  private Stream<String> folders() {
    return entries.stream().filter(entry -> entry.kind() == Kind.FOLDER).map(Entry::name);
  }

  private static Optional<Problem> told(String what, String command) {
    return Optional.of(Problem.of(what).withRemedy(Remedy.of(MERGE + command)));
  }

  private boolean hasFile(String name) {
    return entries.stream().anyMatch(entry -> entry.name().equals(name));
  }

  /// Whether the folder of a step holds what DeepSpeed calls states.
  private boolean holdsStates() {
    return entries.stream()
        .filter(entry -> entry.name().startsWith("global_step"))
        .anyMatch(
            entry ->
                names(folder.child(entry.name())).stream()
                    .anyMatch(name -> name.endsWith("_states.pt")));
  }

  /// Whether a folder holds Megatron-Core's parts, of either of its two kinds.
  private boolean isOfMegatron(Location place) {
    List<String> names = names(place);
    return names.contains(COMMON)
        && (names.contains("metadata.json")
            || names.stream().anyMatch(name -> name.endsWith(".distcp")));
  }

  private boolean isOfVerl(Location place) {
    return names(place).stream()
        .anyMatch(name -> name.matches("model_world_size_\\d+_rank_\\d+\\.pt"));
  }

  private boolean isDistributed(Location place) {
    return names(place).stream().anyMatch(name -> name.endsWith(".distcp"));
  }

  private List<String> names(Location place) {
    try {
      return storage.kind(place) == Kind.FOLDER
          ? storage.list(place).stream().map(Entry::name).toList()
          : List.of();
    } catch (IOException _) {
      return List.of(); // it may not be read
    }
  }
}
