package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.lora.AdapterKey.Role;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// An adapter's tensors one by one, each with what it must become when its update is scaled.
///
/// @param parts in the order of the file
/// @param models the tensors of the model that layers are found by: the base's, or those that the
///   adapter changes
public record AdapterParts(List<Part> parts, List<TensorInfo> models) {
  /// Copies its lists.
  public AdapterParts {
    parts = List.copyOf(parts);
    models = List.copyOf(models);
  }

  /// A tensor of an adapter.
  ///
  /// @param stored as the adapter has it
  /// @param target the tensor of the model that it changes, as the base calls it where there is one
  /// @param scaling what scaling the update makes of it
  public record Part(TensorSource stored, String target, Scaling scaling) {}

  /// What becomes of a part when the update of its tensor is scaled.
  public sealed interface Scaling {
    /// Nothing: another part is scaled.
    record Fixed() implements Scaling {}

    /// It is scaled as a difference from another tensor: from zeros, or from the base's.
    record From(TensorSource start, boolean isBase) implements Scaling {}

    /// What it replaces must be known.
    record Unknown() implements Scaling {}

    /// No change of it scales the update.
    record Impossible(String why) implements Scaling {}
  }

  private static final Pattern NUMBERED =
      Pattern.compile("(?<stem>(?:[^.]+\\.)*?)(?<number>\\d{1,4})\\.(?<rest>.+)");

  private static final int MOST_LAYERS = 1000;

  private static final String DORA =
      "a DoRA adapter: its update is not linear in lora_B, so no adapter has the scaled update";

  /// Reads an adapter.
  ///
  /// @param opened by [Checkpoint#openParts]
  /// @param base where it is known
  /// @throws InputException if it is none, or does not fit the base
  public static AdapterParts of(Checkpoint opened, Optional<Checkpoint> base) throws IOException {
    Adapter adapter = Adapter.of(opened);
    Optional<Checkpoint> own = Optional.empty();
    Optional<BaseTensors> tensors = Optional.empty();
    if (base.isPresent()) {
      AdaptedTensors adapted = AdaptedTensors.of(adapter, base.get());
      Map<String, TensorSource> _ = adapted.all(); // it fits
      own = Optional.of(adapted.model());
      tensors = Optional.of(adapted.base());
    }
    Map<String, TensorInfo> targets = new LinkedHashMap<>();
    List<Part> parts = new ArrayList<>();
    for (StoredTensor tensor : opened.tensors()) {
      Part part = part(adapter, tensors, opened.source(tensor));
      parts.add(part);
      targets.putIfAbsent(part.target(), shaped(adapter, part));
    }
    return new AdapterParts(
        parts, own.map(Checkpoint::infos).orElse(List.copyOf(targets.values())));
  }

  private static Part part(Adapter adapter, Optional<BaseTensors> base, TensorSource stored) {
    AdapterKey key = AdapterKey.of(stored.info().name()).orElseThrow();
    String target =
        switch (key.role()) {
          case WHOLE, ORIGINAL -> key.module();
          case B_BIAS -> key.module() + ".bias";
          default -> key.module() + ".weight";
        };
    Optional<TensorSource> own =
        base.flatMap(tensors -> tensors.find(target).or(() -> tensors.tiedTo(target)));
    boolean isDora = adapter.config().isDora() && (own.isEmpty() || key.role() != Role.WHOLE);
    Scaling scaling =
        switch (key.role()) {
          case A, EMBEDDING_A, MAGNITUDE, ORIGINAL -> new Scaling.Fixed();
          case B, B_BIAS, EMBEDDING_B -> new Scaling.From(new Zeros(stored.info()), false);
          case WHOLE ->
              stored.info().dtype().isFloating()
                  ? own.<Scaling>map(source -> new Scaling.From(source, true))
                      .orElse(new Scaling.Unknown())
                  : new Scaling.Fixed(); // a counter
          case TOKENS ->
              own.<Scaling>map(
                      source ->
                          new Scaling.From(
                              new SelectedRows(
                                  stored.info().name(), source, adapter.rows(key.module())),
                              true))
                  .orElse(new Scaling.Unknown());
        };
    boolean isScaled = !(scaling instanceof Scaling.Fixed);
    return new Part(
        stored,
        own.map(source -> source.info().name())
            .or(() -> base.flatMap(tensors -> tensors.changedBy(key.module(), key.depth())))
            .orElse(target),
        isDora && isScaled ? new Scaling.Impossible(DORA) : scaling);
  }

  /// What the tensor is like that a part changes.
  private static TensorInfo shaped(Adapter adapter, Part part) {
    AdapterKey key = AdapterKey.of(part.stored().info().name()).orElseThrow();
    Shape shape =
        adapter.modules().stream()
            .filter(module -> module.name().equals(key.module()))
            .filter(_ -> part.target().endsWith(".weight"))
            .findFirst()
            .map(module -> Shape.of(module.outputs(), module.inputs()))
            .orElse(part.stored().info().shape());
    return new TensorInfo(part.target(), DType.F32, Objects.requireNonNull(shape));
  }

  /// These with the tensors that the layers in between would have which the adapter leaves alone:
  /// with too few of them, a stack is none to see.
  public AdapterParts withoutGaps() {
    Map<String, Map<String, TensorInfo>> members = new LinkedHashMap<>();
    Map<String, TreeSet<Integer>> numbers = new LinkedHashMap<>();
    Map<String, TensorInfo> all = new LinkedHashMap<>();
    for (TensorInfo info : models) {
      all.put(info.name(), info);
      Matcher match = NUMBERED.matcher(info.name());
      if (match.matches()) {
        String stem = match.group("stem");
        numbers
            .computeIfAbsent(stem, _ -> new TreeSet<>())
            .add(Integer.parseInt(match.group("number")));
        members.computeIfAbsent(stem, _ -> new LinkedHashMap<>()).put(match.group("rest"), info);
      }
    }
    numbers.forEach(
        (stem, own) -> {
          for (int i = 0; i < own.last() && own.last() < MOST_LAYERS; i++) {
            for (Map.Entry<String, TensorInfo> member :
                members.getOrDefault(stem, Map.of()).entrySet()) {
              String name = stem + i + "." + member.getKey();
              TensorInfo like = member.getValue();
              all.putIfAbsent(name, like.withName(name));
            }
          }
        });
    return new AdapterParts(parts, List.copyOf(all.values()));
  }

  /// Whether an adapter changes the embedding of a model whose head is that embedding.
  public static boolean changesEmbedding(Checkpoint opened) {
    return opened.tensors().stream()
        .anyMatch(
            tensor ->
                tensor.name().contains("lora_embedding_")
                    || tensor.name().contains("trainable_tokens_delta"));
  }
}
