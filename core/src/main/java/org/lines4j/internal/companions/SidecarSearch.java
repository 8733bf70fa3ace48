package org.lines4j.internal.companions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.config.ModelType;
import org.lines4j.internal.index.WeightsBeside;
import org.lines4j.internal.safetensors.ModelFolder;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// Which files of a model folder go along with an output, and which do not, so that nothing in the
/// output names what is not there.
final class SidecarSearch {
  /// What makes an adapter of the weights beside it; without them, loaders fail on it.
  static final String ADAPTER = "adapter_config.json";

  /// What makes a model of the weights of open_clip.
  static final String OPEN_CLIP = "open_clip_config.json";

  private static final String ADAPTER_WEIGHTS = "adapter_model";
  private static final String PICKLED = "pytorch_model.bin";

  /// What AutoGPTQ, AutoAWQ and ModelOpt write beside their codes, and what tells that there are.
  private static final Set<String> QUANTISATION =
      Set.of("quantize_config.json", "quant_config.json", "hf_quant_config.json");

  private static final Pattern CODES = Pattern.compile("\\.qweight$|_scale(_\\d)?$");

  /// What makes one pipeline of the models in the folder's subfolders.
  private static final String PIPELINE = "model_index.json";

  /// What describes weights for one loader, and how these begin, where others lie beside them.
  private static final Map<String, String> OF_ONE_LOADER =
      Map.of(OPEN_CLIP, "open_clip_", "params.json", "consolidated");

  /// What accelerate and DeepSpeed go on from, and make a model with.
  private static final Pattern TRAINING =
      Pattern.compile(
          "trainer_state\\.json|(random_states|custom_checkpoint)_\\d+\\.pkl|zero_to_fp32\\.py|latest");

  private static final String OLD_WEIGHTS = "weights or training state of the input";
  private static final String OWN_WEIGHTS = "a folder with weights of its own";
  private static final String LOOKED_FOR = "loaders look for it";
  private static final String LINKED_FOLDER = "a link to a folder";
  private static final String UNDECODED =
      "its name holds bytes that are no text in the locale's character set";

  private static final String NAME_IT = "; to edit that, name the file itself";

  /// So many names a note has.
  private static final int MOST_NAMED = 5;

  /// Models that need the adapter beside their weights: it is put on for sounds alone.
  private static final String WITH_ADAPTER = "granite_speech";

  private final Companions folder;

  /// And which file names each.
  private final Map<String, String> parts;

  private final List<String> files = new ArrayList<>();
  private final Map<String, String> leftOut = new TreeMap<>();
  private final List<String> pointers = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  private SidecarSearch(Companions folder, Map<String, String> parts) {
    this.folder = folder;
    this.parts = parts;
  }

  /// Looks through a model's folder.
  ///
  /// @throws InputException if the model names its parts where they cannot be taken from
  static Sidecars in(Checkpoint model) throws IOException {
    Companions folder = model.companions();
    SidecarSearch search = new SidecarSearch(folder, ModelParts.of(folder));
    Set<String> weights = new HashSet<>();
    model.shards().forEach(shard -> weights.add(shard.location().name()));
    for (Entry entry : folder.list("")) {
      if (!isHidden(entry.name())) {
        search.add(entry, weights.contains(entry.name()));
      }
    }
    search.leaveOutWhatNamesOthers(weights);
    if (model.tensors().stream().noneMatch(tensor -> CODES.matcher(tensor.name()).find())) {
      search.leaveOutQuantisation();
    }
    search.checkParts();
    search.notePointers();
    search.noteOtherLoader(weights);
    return new Sidecars(
        folder, List.copyOf(search.files), search.leftOut, List.copyOf(search.notices));
  }

  private void add(Entry entry, boolean isRead) throws IOException {
    String name = entry.name();
    if (entry.kind() == Kind.FOLDER && Shown.isUndecoded(name)) {
      leftOut.put(name, UNDECODED);
    } else if (entry.kind() == Kind.FOLDER && !entry.link()) {
      addFolder(name);
    } else if (entry.kind() == Kind.FOLDER) {
      leftOut.put(name, LINKED_FOLDER);
    } else if (TRAINING.matcher(name).matches()) {
      leftOut.put(name, OLD_WEIGHTS);
    } else if (!isRead && isLookedFor(name)) {
      addFile(name, entry.kind());
      if (files.contains(name)) {
        noteCopied(name, LOOKED_FOR);
      }
    } else if (!AnyWeights.hold(name)) {
      addFile(name, entry.kind());
    } else if (!isRead && !ModelFolder.isIndex(name)) {
      leftOut.put(name, OLD_WEIGHTS);
    }
  }

  private boolean isLookedFor(String name) throws IOException {
    return WeightsBeside.isFile(name)
        || (lower(name).startsWith(ADAPTER_WEIGHTS) && AnyWeights.hold(name) && needsAdapter());
  }

  private boolean needsAdapter() throws IOException {
    return ModelType.of(folder).contains(WITH_ADAPTER);
  }

  private void addFile(String name, Kind kind) throws IOException {
    if (kind != Kind.FILE) {
      leftOut.put(name, "not a regular file");
      return;
    }
    Optional<Companion> own = folder.own(name);
    if (own.isPresent()) {
      files.add(name);
      if (own.get().isPointer()) {
        pointers.add(name);
      }
    } else if (Shown.isUndecoded(name)) {
      leftOut.put(name, UNDECODED);
    } else {
      leftOut.put(name, "a link that leads out of the model's folder"); // cards name no place here
    }
  }

  /// A subfolder belongs to the model if it holds files of the same kind, not another model; or if
  /// the model names it as one of its parts.
  private void addFolder(String name) throws IOException {
    Map<String, Kind> found = new TreeMap<>();
    walk(name, found);
    List<String> weights = found.keySet().stream().filter(AnyWeights::hold).toList();
    List<String> taken =
        found.keySet().stream()
            .filter(file -> weights.isEmpty() || WeightsBeside.isOne(name) || isInPart(file))
            .toList();
    for (String file : taken) {
      Kind kind = found.getOrDefault(file, Kind.SPECIAL);
      if (kind == Kind.FOLDER) {
        leftOut.put(file, LINKED_FOLDER);
      } else {
        addFile(file, kind);
      }
    }
    if (taken.stream().anyMatch(AnyWeights::hold)) {
      noteCopied(name, WeightsBeside.isOne(name) ? LOOKED_FOR : namedBy(taken) + " names it");
    }
    if (!taken.containsAll(weights)) {
      leftOut.put(name, taken.isEmpty() ? OWN_WEIGHTS : OWN_WEIGHTS + ", but for what is named");
    }
  }

  private void noteCopied(String name, String why) {
    notices.add(
        "%s: copied as it is, because %s; its weights are not edited or merged"
            .formatted(name, why));
  }

  private boolean isInPart(String file) {
    return parts.keySet().stream().anyMatch(part -> isWithin(file, part));
  }

  /// What names the part that files with weights belong to.
  private String namedBy(List<String> taken) {
    return parts.entrySet().stream()
        .filter(
            part ->
                taken.stream()
                    .anyMatch(file -> AnyWeights.hold(file) && isWithin(file, part.getKey())))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(ModelParts.FILE);
  }

  private static boolean isWithin(String file, String folder) {
    return file.equals(folder) || file.startsWith(folder + "/");
  }

  /// What lies in a folder at any depth and is no folder itself, links to some included.
  private void walk(String from, Map<String, Kind> found) throws IOException {
    for (Entry entry : folder.list(from)) {
      String name = from + "/" + entry.name();
      if (isHidden(entry.name())) {
        continue;
      }
      if (entry.kind() == Kind.FOLDER && Shown.isUndecoded(name)) {
        leftOut.put(name, UNDECODED);
      } else if (entry.kind() == Kind.FOLDER && !entry.link()) {
        walk(name, found);
      } else {
        found.put(name, entry.kind());
      }
    }
  }

  /// Descriptions of an adapter, a pipeline, or weights for one loader stay behind where these do.
  private void leaveOutWhatNamesOthers(Set<String> weights) throws IOException {
    boolean isAdapter = weights.stream().allMatch(file -> lower(file).startsWith(ADAPTER_WEIGHTS));
    if (!isAdapter && files.contains(ADAPTER) && !needsAdapter()) {
      files.remove(ADAPTER);
      leftOut.put(ADAPTER, "it describes an adapter whose weights are not part of the output");
    }
    OF_ONE_LOADER.forEach(
        (file, front) -> {
          Optional<String> other =
              leftOut.keySet().stream().filter(name -> name.startsWith(front)).findFirst();
          boolean isRead = weights.stream().anyMatch(name -> name.startsWith(front));
          if (other.isPresent() && !isRead && files.remove(file)) {
            leftOut.put(
                file,
                "it describes %s, which is not part of the output".formatted(other.get())
                    + (ModelFolder.isPart(other.get()) ? "" : NAME_IT));
          }
        });
    boolean isWhole = leftOut.values().stream().noneMatch(why -> why.startsWith(OWN_WEIGHTS));
    if (!isWhole && files.remove(PIPELINE)) {
      leftOut.put(PIPELINE, "it describes a pipeline of folders that are not part of the output");
    }
  }

  /// Loaders that find it take plain weights for codes.
  private void leaveOutQuantisation() {
    for (String file : QUANTISATION) {
      if (files.remove(file)) {
        leftOut.put(file, "it describes quantised weights, which the output does not have");
      }
    }
  }

  private void notePointers() {
    if (!pointers.isEmpty()) {
      notices.add(
          "%s: copied, though only a pointer of Git LFS stands there, not the file itself; fetch it with 'git lfs pull'"
              .formatted(Shown.some(pointers, MOST_NAMED)));
    }
  }

  /// Most programs look for safetensors, too, by the name that `transformers` has; not all.
  private void noteOtherLoader(Set<String> weights) throws IOException {
    if (weights.equals(Set.of(PICKLED))
        && files.contains(Sidecars.CONFIG)
        && ModelConfig.mistake(folder.own(Sidecars.CONFIG).orElseThrow()).isEmpty()
        && ModelType.of(folder).isEmpty()
        && ModelType.architectures(folder).isEmpty()) {
      notices.add(
          "%s: has no model_type, so transformers may not be what loads the model; what looks for %s alone, as mamba_ssm does, needs an output of that name"
              .formatted(Sidecars.CONFIG, PICKLED));
    }
  }

  /// All that a part holds must come along. Some parts, such as `2_Normalize`, hold nothing.
  private void checkParts() {
    parts.forEach(
        (part, file) ->
            leftOut.forEach(
                (name, why) -> {
                  boolean isLinked = why.equals(LINKED_FOLDER) && isWithin(part, name);
                  if (isLinked || isWithin(name, part)) {
                    throw new InputException(
                            folder.location().child(name),
                            "%s, but %s names %s as a part of the model".formatted(why, file, part))
                        .withRemedy("put the files themselves there");
                  }
                }));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".");
  }
}
