package org.lines4j.evaluate.text;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.InputException;
import org.lines4j.files.Digests;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;

/// Texts that models are measured on. Models that follow one another and have the same
/// `tokenizer.json` have them made tokens once.
public final class TokenizedTexts {
  private static final long MOST_BYTES = 256L << 20;

  private final List<String> texts;
  private String digest = "";
  private @Nullable Tokens known;

  /// Of these texts.
  public TokenizedTexts(List<String> texts) {
    this.texts = List.copyOf(texts);
  }

  /// Their tokens in a model.
  ///
  /// @throws InputException if it has no tokenizer, or one that does not work
  public synchronized Tokens in(Checkpoint model) throws IOException, InterruptedException {
    Companion file =
        model
            .companions()
            .find("tokenizer.json")
            .orElseThrow(
                () ->
                    new InputException(
                            model.location(), "there is no tokenizer.json beside the weights")
                        .withRemedy("save the tokenizer with transformers, as AutoTokenizer does"));
    byte[] bytes = file.bytes(MOST_BYTES);
    String own = Digests.sha256(bytes);
    Tokens tokens = known;
    if (tokens == null || !own.equals(digest)) {
      tokens = TokenizerProcess.tokens(file, bytes, texts);
      known = tokens;
      digest = own;
    }
    return tokens;
  }
}
