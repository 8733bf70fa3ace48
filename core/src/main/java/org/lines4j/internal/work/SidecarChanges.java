package org.lines4j.internal.work;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.lines4j.format.Companion;
import org.lines4j.tensor.DType;

/// What must change in the files that go along with an output folder's weights.
///
/// @param dtype the weights' type that `config.json` gives
/// @param layers which layers there are
/// @param vocabulary the `vocab_size` that `config.json` gives
/// @param tokenNumbers what configurations call tokens
/// @param isUntied whether the output stores a head apart from its embedding, as the model does not
/// @param quantisation what `config.json` says of it as JSON, in place of what it said; empty text
///   for nothing any more
/// @param files by name, what becomes of them
public record SidecarChanges(
    Optional<DType> dtype,
    Optional<Layers> layers,
    Optional<VocabularySize> vocabulary,
    Optional<TokenNumbers> tokenNumbers,
    boolean isUntied,
    Optional<String> quantisation,
    Map<String, FileChange> files) {
  /// Copies the files.
  public SidecarChanges {
    files = Map.copyOf(files);
  }

  /// Everything goes along as it is.
  public static SidecarChanges none() {
    return new SidecarChanges(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Map.of());
  }

  /// These changes, with another type of weights where there is one.
  public SidecarChanges withDtype(Optional<DType> type) {
    return new SidecarChanges(
        type, layers, vocabulary, tokenNumbers, isUntied, quantisation, files);
  }

  /// These changes, with other layers.
  public SidecarChanges withLayers(Layers from) {
    return new SidecarChanges(
        dtype, Optional.of(from), vocabulary, tokenNumbers, isUntied, quantisation, files);
  }

  /// These changes, with another size of the vocabulary where there is one.
  public SidecarChanges withVocabulary(Optional<VocabularySize> size) {
    return new SidecarChanges(dtype, layers, size, tokenNumbers, isUntied, quantisation, files);
  }

  /// These changes, with other numbers of tokens where there are some.
  public SidecarChanges withTokenNumbers(Optional<TokenNumbers> numbers) {
    return new SidecarChanges(dtype, layers, vocabulary, numbers, isUntied, quantisation, files);
  }

  /// These changes, with these of files in place of others.
  public SidecarChanges withFiles(Map<String, FileChange> changes) {
    return new SidecarChanges(
        dtype, layers, vocabulary, tokenNumbers, isUntied, quantisation, changes);
  }

  /// These changes, with a head apart from the embedding.
  public SidecarChanges untied() {
    return new SidecarChanges(dtype, layers, vocabulary, tokenNumbers, true, quantisation, files);
  }

  /// These changes, with something else of quantisation where it is given.
  public SidecarChanges withQuantisation(Optional<String> entry) {
    return new SidecarChanges(dtype, layers, vocabulary, tokenNumbers, isUntied, entry, files);
  }

  /// Whether `config.json` changes at all.
  public boolean changesConfig() {
    return isUntied
        || quantisation.isPresent()
        || dtype.isPresent()
        || layers.isPresent()
        || vocabulary.isPresent()
        || tokenNumbers.isPresent();
  }

  /// What becomes of a file.
  public sealed interface FileChange {
    /// It has this content, whether or not there was one.
    record Content(String text) implements FileChange {}

    /// It is that of another model.
    record CopyOf(Companion file) implements FileChange {}

    /// It stays behind.
    record Gone() implements FileChange {}
  }

  /// How many embeddings there are.
  ///
  /// @param before in the model whose files go along
  /// @param after in the output
  public record VocabularySize(long before, long after) {}

  /// The numbers that tokens have in the output, by those that they have in the model whose files
  /// go along.
  public static final class TokenNumbers {
    private final int[] numbers;

    /// @param numbers by the number before; −1 for a token that there is no more
    public TokenNumbers(int[] numbers) {
      this.numbers = numbers.clone();
    }

    /// The number now of the token numbered `before`; empty if there is none.
    public OptionalInt of(long before) {
      return before >= 0 && before < numbers.length && numbers[(int) before] >= 0
          ? OptionalInt.of(numbers[(int) before])
          : OptionalInt.empty();
    }
  }

  /// The layers of an output that has other ones than the model whose files go along.
  ///
  /// @param before how many layers that model has
  /// @param origins for each layer of the output, the layer of a source that it is like, from 0
  /// @param isOfModality whether they are those of images or sounds, not of the language model
  /// @param side whether they are an encoder's or a decoder's, of a model that has both
  public record Layers(int before, List<Integer> origins, boolean isOfModality, Side side) {
    /// Where a model with an encoder and a decoder has layers.
    public enum Side {
      /// Of a model that has but one of them.
      ONLY,
      /// The encoder's.
      ENCODER,
      /// The decoder's.
      DECODER
    }

    /// Copies the list.
    public Layers {
      origins = List.copyOf(origins);
    }

    /// Of a model that has no other side.
    public Layers(int before, List<Integer> origins, boolean isOfModality) {
      this(before, origins, isOfModality, Side.ONLY);
    }

    /// Of a language model, or the only ones.
    public Layers(int before, List<Integer> origins) {
      this(before, origins, false, Side.ONLY);
    }
  }
}
