package org.lines4j.internal.renamed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.llamacpp.Conversion;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.internal.pairing.Ungathered;
import org.lines4j.tensor.TensorInfo;

/// A model's tensors under the names that another model has for them.
///
/// ```java
/// ModelNames names = ModelNames.of(base).like(tuned, renames);
/// names.takeBuffers(tuned);
/// Checkpoint view = names.view();
/// ```
public final class ModelNames {
  private static final int SHOWN = 6;
  private static final int FEW = 3;

  private final Checkpoint model;
  private final SharedNames shared;
  private final List<String> notices = new ArrayList<>();
  private Map<String, NamedTensor> tensors;
  private SharedNames names;
  private boolean isChanged;

  private ModelNames(Checkpoint model) {
    this.model = model;
    this.shared = SharedNames.of(model);
    this.tensors = NamedTensor.of(model);
    this.names = shared;
  }

  /// A model's tensors as it calls them.
  public static ModelNames of(Checkpoint model) {
    return new ModelNames(model);
  }

  /// The tensors as `target` calls them, as far as only one way to pair them fits.
  ///
  /// @param renames applied before, to GGUF's names or transformers' where only one model is GGUF
  /// @throws InputException if several ways fit, or none can
  public ModelNames like(Checkpoint target, Renames renames) throws IOException {
    Ungathered.refuse(model);
    Ungathered.refuse(target);
    Map<String, NamedTensor> before = tensors;
    Optional<Conversion> conversion = Conversion.between(model, target);
    if (conversion.isPresent()) {
      convert(conversion.get());
    }
    tensors = renames.apply(tensors, model.location());
    isChanged = !tensors.equals(before);
    names = SharedNames.of(target);
    SharedNames own = shared.unlike(names);
    SharedNames other = names.unlike(shared);
    Map<String, NamedTensor> stored = NamedTensor.of(target);
    Map<String, NamedTensor> theirs = other.shown(stored);
    tensors = own.shown(tensors);
    boolean isOther = isLacking(tensors, theirs) && isLacking(theirs, tensors);
    if (canBePaired(theirs) && (isOther || Experts.arePackedOtherwise(theirs, tensors))) {
      Map<String, NamedTensor> plain = NamedTensor.renamed(theirs, PlainName::of);
      pair(Way.best(model, target, plain, NamedTensor.renamed(tensors, PlainName::of)));
    }
    other.notice(tensors.keySet().stream()).ifPresent(notices::add);
    tensors = own.needed(other.once(tensors, model), stored.keySet());
    own.notice(tensors.values().stream().map(NamedTensor::origin)).ifPresent(notices::add);
    isChanged |= !tensors.equals(before) || shared.areOtherwise(names);
    FoldedNames.check(model.location(), infos(), target.location(), target.infos());
    TurnedMatrices.check(model.location(), infos(), target.location(), target.infos());
    return this;
  }

  private boolean canBePaired(Map<String, NamedTensor> theirs) {
    return Stream.of(tensors, theirs)
        .flatMap(names -> names.keySet().stream())
        .noneMatch(PlainName::isTooDeep);
  }

  /// The tensors as they are called now.
  private List<TensorInfo> infos() {
    return tensors.entrySet().stream().map(e -> e.getValue().info().withName(e.getKey())).toList();
  }

  private void convert(Conversion conversion) {
    Map<String, NamedTensor> converted = new LinkedHashMap<>();
    int count = 0;
    for (Map.Entry<String, NamedTensor> entry : tensors.entrySet()) {
      NamedTensor own = entry.getValue();
      Optional<String> name = conversion.name(entry.getKey());
      count += name.isPresent() ? 1 : 0;
      TensorSource source = name.isPresent() ? conversion.source(own.source()) : own.source();
      put(
          converted,
          name.orElse(entry.getKey()),
          new NamedTensor(own.origin(), source, own.shard()));
    }
    tensors = converted;
    notices.add(conversion.notice(count));
  }

  /// Whether a tensor that was learned has no counterpart.
  private static boolean isLacking(Map<String, NamedTensor> own, Map<String, NamedTensor> other) {
    return own.entrySet().stream()
        .anyMatch(e -> !other.containsKey(e.getKey()) && !Buffers.isOne(e.getValue().info()));
  }

  private void pair(Way way) {
    Map<String, NamedTensor> theirs = way.theirs();
    Map<String, NamedTensor> before = way.before();
    Map<String, NamedTensor> own = way.own();
    PrefixSearch.Result found = way.found();
    if (2 * way.explained() < way.fewer()) {
      return; // another model
    }
    refuseSeveral(found);
    if (2 * way.fitting() < way.fewer()) {
      return;
    }
    Map<String, NamedTensor> renamed = new LinkedHashMap<>();
    PairedNames paired = new PairedNames();
    String wrapper = PlainName.wrapper(theirs.values().stream().map(NamedTensor::origin).toList());
    own.forEach(
        (plain, tensor) -> {
          String image = theirs.containsKey(plain) ? plain : found.names().getOrDefault(plain, "");
          NamedTensor other = theirs.get(image);
          String name;
          if (other != null) {
            name = other.origin();
          } else if (!image.isEmpty()) {
            name = wrapped(image, wrapper);
          } else if (tensor.equals(before.get(plain))) {
            name = wrapped(PlainName.unwrapped(tensor.origin()), wrapper);
          } else {
            name = wrapped(plain, wrapper);
          }
          put(renamed, name, tensor);
          if (other != null) {
            paired.add(tensor.origin(), name);
          }
        });
    tensors = renamed;
    isChanged = true;
    paired.notice(model.location()).ifPresent(notices::add);
  }

  /// A name with what tools put around all of a model.
  private static String wrapped(String name, String wrapper) {
    String plain = PlainName.unwrapped(wrapper);
    return name.startsWith(plain) ? wrapper + name.substring(plain.length()) : name;
  }

  private void put(Map<String, NamedTensor> renamed, String name, NamedTensor tensor) {
    NamedTensor other = renamed.put(name, tensor);
    if (other != null) {
      throw new InputException(
              model.location(),
              "both %s and %s would be paired with %s"
                  .formatted(other.origin(), tensor.origin(), name))
          .withRemedy(
              Remedy.of(
                  "say with ",
                  Option.RENAMES,
                  " 'REGEX=REPLACEMENT' what its tensors are called in the other model"));
    }
  }

  private void refuseSeveral(PrefixSearch.Result found) {
    if (!found.ambiguous().isEmpty()) {
      List<PrefixRule> rules = found.ambiguous().values().iterator().next();
      String tensor = found.ambiguous().keySet().iterator().next();
      throw new InputException(
              model.location(),
              "%d tensors, such as %s, can be paired with the other model's in several ways that all fit: %s"
                  .formatted(
                      found.ambiguous().size(),
                      tensor,
                      rules.stream()
                          .limit(SHOWN)
                          .map(PrefixRule::toString)
                          .collect(Collectors.joining(", "))))
          .withTensor(tensor)
          .withRemedy(
              Remedy.of("say which is meant with ", Option.RENAMES, " 'REGEX=REPLACEMENT'"));
    }
  }

  /// Takes the other model's of tensors that hold nothing learned: those that differ, those that
  /// this one lacks; what only this one has is left out.
  public void takeBuffers(Checkpoint target) throws IOException {
    Map<String, NamedTensor> theirs = NamedTensor.of(target);
    List<String> taken = new ArrayList<>();
    for (Map.Entry<String, NamedTensor> entry : theirs.entrySet()) {
      NamedTensor buffer = entry.getValue();
      NamedTensor own = tensors.get(entry.getKey());
      if (Buffers.isOne(buffer.info()) && (own == null || !isSame(own, buffer))) {
        add(entry.getKey(), buffer);
        taken.add(entry.getKey());
      }
    }
    List<String> left =
        tensors.entrySet().stream()
            .filter(e -> Buffers.isOne(e.getValue().info()) && !theirs.containsKey(e.getKey()))
            .map(Map.Entry::getKey)
            .toList();
    left.forEach(this::remove);
    if (!taken.isEmpty()) {
      notices.add(
          "%s: as in %s, nothing of it is learned"
              .formatted(Shown.some(taken, FEW), target.location()));
    }
    if (!left.isEmpty()) {
      notices.add(
          "%s: only in %s, left out, nothing of it is learned"
              .formatted(Shown.some(left, FEW), model.location()));
    }
  }

  /// Takes the other model's parts that this model lacks: a classifier's head, say, or what makes
  /// tokens of images; and leaves out what the other lacks, whole stacks too, unless its class says
  /// that it has them. Only where all else is paired, or they are no model and its fine-tuning.
  public void takeParts(Checkpoint target) throws IOException {
    Map<String, NamedTensor> theirs = NamedTensor.of(target);
    if (!canBePaired(theirs)) {
      return;
    }
    OtherParts parts = new OtherParts(model, tensors, target, theirs);
    if (!parts.areAll()) {
      return;
    }
    List<String> taken = parts.taken();
    List<String> left = parts.left();
    MissingModules missing = new MissingModules(tensors.keySet());
    for (String name : taken) {
      add(name, Objects.requireNonNull(theirs.get(name)));
    }
    left.forEach(this::remove);
    if (!taken.isEmpty()) {
      String share =
          2 * taken.size() > theirs.size()
              ? ": %d of its %d tensors".formatted(taken.size(), theirs.size())
              : "";
      notices.add(
          "%s: only in %s, kept as there%s"
              .formatted(missing.inWords(taken), target.location(), share));
    }
    if (!left.isEmpty()) {
      String words = new MissingModules(theirs.keySet()).inWords(left);
      notices.add("%s: only in %s, left out of the output".formatted(words, model.location()));
    }
  }

  /// Has the input embedding for a head that only `target` stores, apart from its own embedding:
  /// this model's head is its embedding.
  ///
  /// @return whether there is such a head
  public boolean tieHead(Checkpoint target) throws IOException {
    boolean hasHead = tieOnlyHead(target);
    return tieTwins(target, hasHead) || hasHead;
  }

  private boolean tieOnlyHead(Checkpoint target) throws IOException {
    boolean isTied = false;
    if (tensors.keySet().stream().anyMatch(Heads::isOutputEmbedding)) {
      return false;
    }
    Map<String, NamedTensor> theirs = NamedTensor.of(target);
    for (Map.Entry<String, NamedTensor> head : theirs.entrySet()) {
      String name = head.getKey();
      if (!tensors.containsKey(name) && Heads.isOutputEmbedding(name)) {
        Optional<NamedTensor> embedding = Heads.tied(model, tensors, theirs, head.getValue());
        if (embedding.isPresent()) {
          add(name, embedding.get());
          isTied = true;
          notices.add(
              "%s: %s has none of its own, its head is its embedding, so %s is taken for it"
                  .formatted(name, model.location(), embedding.get().origin()));
        }
      }
    }
    return isTied;
  }

  /// The same of whatever else is one with an embedding, as the model's kind has it, where the
  /// other model's two differ: then it stores all of them.
  ///
  /// @param isApart whether they are known to differ
  private boolean tieTwins(Checkpoint target, boolean isApart) throws IOException {
    Map<String, NamedTensor> theirs = NamedTensor.of(target);
    if (tensors.keySet().containsAll(theirs.keySet())) {
      return false;
    }
    boolean areApart = isApart;
    Map<String, NamedTensor> missing = new LinkedHashMap<>();
    for (Map.Entry<String, String> tie : RunningNames.of(model).ties().entrySet()) {
      String name = tie.getKey();
      NamedTensor twin = theirs.get(name);
      Optional<Map.Entry<String, NamedTensor>> own =
          tensors.entrySet().stream()
              .filter(tensor -> tensor.getValue().origin().equals(tie.getValue()))
              .findFirst();
      if (twin != null
          && !tensors.containsKey(name)
          && own.isPresent()
          && Misfits.canCombine(own.get().getValue().info(), twin.info())) {
        NamedTensor other = theirs.get(own.get().getKey());
        missing.put(name, own.get().getValue());
        areApart |= other != null && !isSame(other, twin);
      }
    }
    if (!areApart) {
      return false;
    }
    missing.forEach(
        (name, own) -> {
          add(name, own);
          notices.add(
              "%s: %s has none of its own, it is one with %s, which is taken for it"
                  .formatted(name, model.location(), own.origin()));
        });
    return !missing.isEmpty();
  }

  private void add(String name, NamedTensor tensor) {
    int shard = Math.min(tensor.shard(), model.shards().size() - 1);
    tensors.put(name, new NamedTensor(tensor.origin(), tensor.source(), shard));
    isChanged = true;
  }

  private void remove(String name) {
    tensors.remove(name);
    isChanged = true;
  }

  private boolean isSame(NamedTensor a, NamedTensor b) throws IOException {
    return Heads.isSame(model, a, b);
  }

  /// The model with these names; itself where nothing changes.
  public Checkpoint view() {
    return isChanged
        ? new RenamedCheckpoint(model, tensors, shard -> shared.metadata(shard, names))
        : model;
  }

  /// Whether a tensor holds nothing that was learned.
  public static boolean isBuffer(TensorInfo tensor) {
    return Buffers.isOne(tensor);
  }

  /// Whether a tensor belongs to images or sounds, which a model of texts has not.
  public static boolean isOfModality(String name) {
    return Heads.isOfModality(name);
  }

  /// What a user should know.
  public List<String> notices() {
    return List.copyOf(notices);
  }
}
