package org.lines4j.lab.encoder;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A sentence encoder's tokenizer.
public final class WordPieces implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  private WordPieces(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// Reads a `tokenizer.json`; what it says of lengths does not count.
  public static WordPieces read(InputStream json) throws IOException {
    Torch.stayOffline();
    return new WordPieces(
        HuggingFaceTokenizer.newInstance(json, Map.of("padding", "false", "truncation", "false")));
  }

  /// The numbers of each text's tokens, with the marks at both ends.
  ///
  /// @param most tokens of a text, the marks among them; the others are left out
  public List<int[]> of(List<String> texts, int most) {
    List<int[]> tokens = new ArrayList<>();
    for (Encoding encoding : tokenizer.batchEncode(texts)) {
      long[] ids = encoding.getIds();
      int[] own = new int[Math.min(most, ids.length)];
      for (int i = 0; i < own.length; i++) {
        own[i] = (int) ids[i];
      }
      own[own.length - 1] = (int) ids[ids.length - 1];
      tokens.add(own);
    }
    return tokens;
  }

  /// Frees its memory.
  @Override
  public void close() {
    tokenizer.close();
  }
}
