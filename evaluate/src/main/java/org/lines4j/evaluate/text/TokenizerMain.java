package org.lines4j.evaluate.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.files.CacheFolder;

/// What runs in a [TokenizerProcess]: a tokenizer and texts come in, tokens go out.
///
/// The library is asked directly: what DJL puts around it tells its makers that it is used.
final class TokenizerMain {
  private static final String SAMPLE = "x";

  private TokenizerMain() {}

  /// Reads standard input until it ends, writes to standard output.
  public static void main(String[] args) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
    boolean isGoingOn = true;
    while (isGoingOn) {
      isGoingOn = answer(in, out);
      out.flush();
    }
  }

  /// Whether there may be another question.
  private static boolean answer(DataInputStream in, DataOutputStream out) throws IOException {
    int length;
    try {
      length = in.readInt();
    } catch (EOFException e) {
      return false;
    }
    byte[] json = in.readNBytes(length);
    TokenizersLibrary library = TokenizersLibrary.LIB;
    try {
      load();
    } catch (IOException | RuntimeException | LinkageError e) {
      refuse(out, e.getCause() == null ? e : e.getCause(), false);
      return false;
    }
    long tokenizer;
    try {
      tokenizer = library.createTokenizerFromString(new String(json, StandardCharsets.UTF_8));
      library.disablePadding(tokenizer);
      library.disableTruncation(tokenizer);
    } catch (RuntimeException e) {
      refuse(out, e, true);
      return false;
    }
    out.writeUTF("");
    write(out, library, tokenizer, SAMPLE, false);
    write(out, library, tokenizer, SAMPLE, true);
    int texts = in.readInt();
    for (int i = 0; i < texts; i++) {
      String text = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
      write(out, library, tokenizer, text, false);
    }
    library.deleteTokenizer(tokenizer);
    return true;
  }

  /// Unpacks the library into the user's folder for caches, and loads it.
  private static void load() throws IOException {
    Path folder =
        CacheFolder.find()
            .map(caches -> caches.resolve("natives"))
            .orElse(Path.of(System.getProperty("java.io.tmpdir"), "lines4j-natives"));
    Files.createDirectories(folder);
    System.setProperty("ENGINE_CACHE_DIR", folder.toString());
    System.setProperty("ai.djl.offline", "true"); // nor does it look for a GPU
    LibUtils.checkStatus();
  }

  private static void refuse(DataOutputStream out, Throwable problem, boolean isOfTokenizer)
      throws IOException {
    String message = String.valueOf(problem.getMessage());
    String shown = message.length() > 1000 ? message.substring(0, 1000) + "…" : message;
    out.writeUTF(shown.isBlank() ? problem.toString() : shown);
    out.writeBoolean(isOfTokenizer);
  }

  private static void write(
      DataOutputStream out, TokenizersLibrary library, long tokenizer, String text, boolean isWhole)
      throws IOException {
    long encoded = library.encode(tokenizer, text, isWhole);
    long[] ids = library.getTokenIds(encoded);
    library.deleteEncoding(encoded);
    out.writeInt(ids.length);
    for (long id : ids) {
      out.writeInt(Math.toIntExact(id));
    }
  }
}
