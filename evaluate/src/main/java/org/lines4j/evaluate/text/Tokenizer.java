package org.lines4j.evaluate.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.util.Arrays;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;

/// A model's `tokenizer.json`, read by Hugging Face's own library. Any number of threads may share
/// one.
public final class Tokenizer implements AutoCloseable {
  private static final long MOST_BYTES = 256L << 20;
  private static final String SAMPLE = "x";

  private final TokenizersLibrary library;
  private final Object file;
  private final long handle;

  private Tokenizer(TokenizersLibrary library, Object file, long handle) {
    this.library = library;
    this.file = file;
    this.handle = handle;
  }

  /// That of a model.
  ///
  /// @throws InputException if it has none, or one that cannot be read
  public static Tokenizer of(Checkpoint model) throws IOException {
    Companion file =
        model
            .companions()
            .find("tokenizer.json")
            .orElseThrow(
                () ->
                    new InputException(
                            model.location(), "there is no tokenizer.json beside the weights")
                        .withRemedy("save the tokenizer with transformers, as AutoTokenizer does"));
    TokenizersLibrary library = NativeTokenizers.library();
    try {
      long handle = library.createTokenizerFromString(file.text(MOST_BYTES));
      library.disablePadding(handle);
      library.disableTruncation(handle);
      return new Tokenizer(library, file, handle);
    } catch (InputException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new InputException(file, "not a tokenizer: " + e.getMessage());
    }
  }

  /// The tokens of a text.
  ///
  /// @param isWhole whether special tokens of its ends are among them
  public int[] encode(String text, boolean isWhole) {
    long encoded;
    try {
      encoded = library.encode(handle, text, isWhole);
    } catch (RuntimeException e) {
      throw new InputException(file, "a text cannot be made tokens: " + e.getMessage());
    }
    try {
      return Arrays.stream(library.getTokenIds(encoded)).mapToInt(Math::toIntExact).toArray();
    } finally {
      library.deleteEncoding(encoded);
    }
  }

  /// The tokens of a text, special ones at its ends among them, of which those of the text are cut
  /// where there are more than `most`.
  public int[] encode(String text, int most) {
    int[] whole = encode(text, true);
    if (whole.length <= most) {
      return whole;
    }
    Ends ends = ends();
    int left = Math.max(0, most - ends.first().length - ends.last().length);
    int[] plain = encode(text, false);
    int[] cut = Arrays.copyOf(ends.first(), ends.first().length + left + ends.last().length);
    System.arraycopy(plain, 0, cut, ends.first().length, Math.min(left, plain.length));
    System.arraycopy(ends.last(), 0, cut, ends.first().length + left, ends.last().length);
    return cut;
  }

  /// The special tokens that a text begins with: mostly none, or one.
  public int[] beginning() {
    return ends().first();
  }

  /// Special tokens that stand before and behind a text.
  private record Ends(int[] first, int[] last) {}

  private Ends ends() {
    int[] whole = encode(SAMPLE, true);
    int[] plain = encode(SAMPLE, false);
    for (int from = 0; from + plain.length <= whole.length; from++) {
      int to = from + plain.length;
      if (Arrays.equals(whole, from, to, plain, 0, plain.length)) {
        return new Ends(
            Arrays.copyOf(whole, from), Arrays.copyOfRange(whole, to, whole.length));
      }
    }
    return new Ends(new int[0], new int[0]);
  }

  @Override
  public void close() {
    library.deleteTokenizer(handle);
  }
}
