package org.lines4j.internal.llamacpp;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.config.ModelType;
import org.lines4j.internal.gguf.GgufFormat;
import org.lines4j.internal.gguf.ModelFacts;
import org.lines4j.storage.Location;

/// From a model of transformers to what llama.cpp's converter makes of it, or back: names, the
/// order of the rows of queries and keys, and Gemma's norms. Values are what they were, but for
/// norms, whose one is added or taken away in float32.
///
/// @param isToGguf whether tensors become GGUF's
/// @param location of the model whose tensors change
/// @param heads of attention, and of keys and values
public record Conversion(
    Family family,
    TensorNames names,
    boolean isToGguf,
    Location location,
    OptionalLong heads,
    OptionalLong keyHeads) {

  /// The way from a model's tensors to those of another; empty where both have the same names and
  /// order, and where they are no language models of the same making.
  ///
  /// @throws InputException if one is GGUF and the other is not, and how one becomes the other is
  ///   not known
  public static Optional<Conversion> between(Checkpoint model, Checkpoint target)
      throws IOException {
    boolean isFromGguf = isGguf(model);
    if (isFromGguf == isGguf(target)) {
      return Optional.empty();
    }
    Checkpoint gguf = isFromGguf ? model : target;
    Checkpoint other = isFromGguf ? target : model;
    if (TensorNames.areConverted(other)) {
      return Optional.empty();
    }
    ModelFacts facts = ModelFacts.of(gguf);
    Family family = Family.of(facts.architecture()).orElseThrow(() -> unknown(gguf, other, facts));
    Optional<TensorNames> names = TensorNames.of(other, family);
    if (names.isEmpty()) {
      return Optional.empty();
    }
    checkType(gguf, other, family);
    OptionalLong keyHeads = facts.keyHeads().isPresent() ? facts.keyHeads() : facts.heads();
    return Optional.of(
        new Conversion(
            family, names.get(), !isFromGguf, model.location(), facts.heads(), keyHeads));
  }

  private static boolean isGguf(Checkpoint model) {
    return model.format().equals(GgufFormat.NAME);
  }

  private static InputException unknown(Checkpoint gguf, Checkpoint other, ModelFacts facts) {
    return new InputException(
            gguf.location(),
            "its architecture is '%s', and how llama.cpp makes that of a model such as %s is known for %s only"
                .formatted(facts.architecture(), other.location(), Family.known()))
        .withRemedy("make both GGUF, with llama.cpp's convert_hf_to_gguf.py");
  }

  private static void checkType(Checkpoint gguf, Checkpoint other, Family family)
      throws IOException {
    Set<String> types = other.isFolder() ? ModelType.of(other.companions()) : Set.of();
    if (!types.isEmpty() && Collections.disjoint(types, family.modelTypes())) {
      throw new InputException(
              other.location(),
              "a model of the kind %s, says its config.json, while %s is one of %s"
                  .formatted(String.join(", ", types), gguf.location(), family.architecture()))
          .withExpected(family.architecture(), String.join(", ", types))
          .withRemedy("name two models of one kind");
    }
  }

  /// What a tensor is called on the other side; empty where nothing there is the same.
  public Optional<String> name(String own) {
    return isToGguf ? names.converted(own) : names.stored(own);
  }

  /// A tensor as the other side has it.
  ///
  /// @param own one that has a name there
  /// @throws InputException if it cannot be of so many heads
  public TensorSource source(TensorSource own) {
    String name = isToGguf ? name(own.info().name()).orElseThrow() : own.info().name();
    TensorSource source = own;
    if (family.addsOneToNorms() && name.endsWith("norm.weight")) {
      return new ShiftedNorm(own, isToGguf ? 1 : -1);
    }
    if (family.hasTurnedHeads() && (isOf(name, "attn_q") || isOf(name, "attn_k"))) {
      source = turned(own, isOf(name, "attn_q") ? heads : keyHeads);
    }
    return isToGguf && own.info().shape().rank() < 2 ? new WidenedVector(source) : source;
  }

  private static boolean isOf(String name, String module) {
    return name.contains("." + module + ".");
  }

  private TensorSource turned(TensorSource own, OptionalLong count) {
    List<Long> dims = own.info().shape().dims();
    long rows = dims.isEmpty() ? 1 : dims.getFirst();
    if (rows == 0) {
      return own;
    }
    if (count.isEmpty() || count.getAsLong() <= 0 || rows % (2 * count.getAsLong()) != 0) {
      String found = count.isEmpty() ? "no such number" : Long.toString(count.getAsLong());
      throw new InputException(
              location,
              "%s: its %d rows should be an even number for each head of attention, found %s as the number of heads"
                  .formatted(own.info().name(), rows, found))
          .withTensor(own.info().name())
          .withRemedy("make both GGUF, with llama.cpp's convert_hf_to_gguf.py");
    }
    return new TurnedRows(own, rows / count.getAsLong(), isToGguf);
  }

  /// What a user should know.
  ///
  /// @param count of the tensors that have another name
  public String notice(int count) {
    String what = "%s: %s called as".formatted(location, Counted.are(count, "tensor"));
    String whose = isToGguf ? " GGUF files of '%s' call them" : " transformers calls those of '%s'";
    String order = family.hasTurnedHeads() ? ", rows of q and k in that order" : "";
    String norms = family.addsOneToNorms() ? ", norms with the one that is added there" : "";
    String fewer = family.addsOneToNorms() ? ", norms without the one that is added here" : "";
    return what + whose.formatted(family.architecture()) + order + (isToGguf ? norms : fewer);
  }
}
