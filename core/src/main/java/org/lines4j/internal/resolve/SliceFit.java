package org.lines4j.internal.resolve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.internal.vocabulary.VocabularyTensors;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.Place;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Whether slices of different models make one model. A slice's own sources are for [Fit] to
/// compare; here, one model of each slice is compared with the first slice's.
public final class SliceFit {
  /// A tensor outside the layers, or one that each layer has.
  ///
  /// @param name with `*` for the layer's number
  private record Part(String name, boolean isOutside) {
    /// Whether it is called like one that has a row for each token.
    private boolean isTokenRows() {
      return isOutside && VocabularyTensors.isNamed(name);
    }
  }

  /// A slice's model.
  ///
  /// @param name the recipe's for it
  /// @param parts one tensor of each type and shape; layers may differ among themselves
  private record Reference(String name, Checkpoint checkpoint, Map<Part, List<Source>> parts) {}

  private final Recipe recipe;
  private final ModelSet models;
  private final List<Reference> references;

  private SliceFit(Recipe recipe, ModelSet models, List<Reference> references) {
    this.recipe = recipe;
    this.models = models;
    this.references = references;
  }

  /// Prepares to compare the models of slices.
  ///
  /// @param checkpoints one model of each slice, first to last
  public static SliceFit of(
      Recipe recipe, ModelSet models, OutputTensors finder, Collection<Checkpoint> checkpoints) {
    Set<Checkpoint> different = new LinkedHashSet<>(checkpoints);
    if (different.size() == 1) {
      return new SliceFit(recipe, models, List.of());
    }
    return new SliceFit(
        recipe,
        models,
        different.stream()
            .map(model -> new Reference(name(model, models), model, parts(model, finder)))
            .toList());
  }

  private static String name(Checkpoint model, ModelSet models) {
    return models.distinct().entrySet().stream()
        .filter(entry -> model.equals(entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static Map<Part, List<Source>> parts(Checkpoint model, OutputTensors finder) {
    LayerMap layers = finder.layers(model);
    Map<Part, List<Source>> parts = new LinkedHashMap<>();
    for (StoredTensor tensor : model.tensors()) {
      if (layers.place(tensor.name()) instanceof Place.InLayer in
          && !in.stack().equals(finder.stack(model))) {
        continue; // all of them are the first slice's
      }
      part(tensor.name(), layers.place(tensor.name()))
          .ifPresent(
              part ->
                  addNew(
                      parts.computeIfAbsent(part, _ -> new ArrayList<>()),
                      new Source(model, tensor)));
    }
    return parts;
  }

  /// Empty where the name does not number the layer: no slice can have such a tensor.
  private static Optional<Part> part(String name, Place place) {
    return switch (place) {
      case Place.Outside _ -> Optional.of(new Part(name, true));
      case Place.InLayer in ->
          BlockName.of(name, in)
              .map(block -> new Part(block.before() + "*" + block.after(), false));
    };
  }

  private static void addNew(List<Source> known, Source source) {
    if (known.stream().noneMatch(other -> Misfits.canCombine(other.info(), source.info()))) {
      known.add(source);
    }
  }

  /// What does not fit and is not refused, in words.
  ///
  /// @throws InputException that lists every tensor that does not fit, if they are to be refused
  public List<String> check(OnMismatch mismatch) throws IOException {
    Set<Part> parts =
        references.stream()
            .flatMap(reference -> reference.parts().keySet().stream())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    List<String> misfits = new ArrayList<>();
    for (Part part : parts) {
      misfit(part).ifPresent(why -> misfits.add(part.name() + ": " + why));
    }
    if (mismatch == OnMismatch.REFUSE && !misfits.isEmpty()) {
      throw refusal(misfits, parts);
    }
    return misfits.stream().map(misfit -> misfit + "; the slices are stacked as they are").toList();
  }

  private InputException refusal(List<String> misfits, Set<Part> parts) throws IOException {
    List<List<Source>> tokenRows = new ArrayList<>();
    for (Part part : parts) {
      if (part.isTokenRows()) {
        tokenRows.add(sources(part));
      }
    }
    return Misfits.refusal(
        "%s: the slices do not make one model: %d of %d tensors, each layer's counted once, differ"
                .formatted(recipe.name(), misfits.size(), parts.size())
            + " in more than their values",
        Remedy.of(Option.MISMATCH, " base or tuned stacks them as they are"),
        misfits,
        Fit.hints(recipe, models, tokenRows));
  }

  private List<Source> sources(Part part) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (Reference reference : references) {
      sources.addAll(sources(part, reference));
    }
    return sources;
  }

  /// A model that lacks a tensor has perhaps stored it under the name that it is tied to.
  private List<Source> sources(Part part, Reference reference) throws IOException {
    List<Source> stored = reference.parts().getOrDefault(part, List.of());
    if (!stored.isEmpty() || !part.isOutside()) {
      return stored;
    }
    Set<Checkpoint> all =
        references.stream()
            .map(Reference::checkpoint)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return OutputTensors.find(part.name(), reference.checkpoint(), all).stream().toList();
  }

  private Optional<String> misfit(Part part) throws IOException {
    List<Source> first = sources(part, references.getFirst());
    List<Source> found = new ArrayList<>();
    List<String> owners = new ArrayList<>();
    List<String> lacking = new ArrayList<>();
    boolean fit = true;
    for (Reference reference : references) {
      List<Source> own = sources(part, reference);
      if (own.isEmpty()) {
        lacking.add(reference.name());
      }
      fit &= own.stream().anyMatch(b -> first.stream().anyMatch(a -> fits(part, a, b)));
      found.addAll(own);
      own.forEach(_ -> owners.add(reference.name()));
    }
    if (!lacking.isEmpty()) {
      return Optional.of("missing in " + String.join(", ", lacking));
    }
    return fit ? Optional.empty() : Misfits.of(found, owners);
  }

  /// A tokenizer gives each token its row, however many there were.
  private boolean fits(Part part, Source a, Source b) {
    boolean matched =
        recipe.tokenizer().isPresent() && part.isTokenRows() && hasAllTokens(a) && hasAllTokens(b);
    return matched
        ? Misfits.canCombine(row(a.info()), row(b.info()))
        : Misfits.canCombine(a.info(), b.info());
  }

  private static boolean hasAllTokens(Source source) {
    long rows = VocabularyTensors.first(source.info().shape());
    return VocabularyTensors.rows(source.checkpoint()).equals(OptionalLong.of(rows));
  }

  private static TensorInfo row(TensorInfo info) {
    Shape shape = new Shape(info.shape().dims().stream().skip(1).toList());
    return new TensorInfo(info.name(), info.dtype(), shape);
  }
}
