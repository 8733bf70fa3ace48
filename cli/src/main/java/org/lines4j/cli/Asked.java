package org.lines4j.cli;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a user asked for, in words: all that another JVM needs to plan the same output again
/// ([Again]).
///
/// @param words of the command line
/// @param folder that relative paths in them start from
/// @param recipe its text, for it need not lie where others see it; empty where there is none
/// @param output which of a recipe's outputs, from 0
public record Asked(List<String> words, String folder, String recipe, int output) {
  private static final int MOST = 1 << 24;

  /// Copies its list.
  public Asked {
    words = List.copyOf(words);
  }

  /// Writes it, for another JVM.
  public void writeTo(DataOutput out) throws IOException {
    out.writeInt(words.size());
    for (String word : words) {
      write(word, out);
    }
    write(folder, out);
    write(recipe, out);
    out.writeInt(output);
  }

  /// Reads what [#writeTo] has written.
  public static Asked readFrom(DataInput in) throws IOException {
    List<String> words = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      words.add(read(in));
    }
    return new Asked(words, read(in), read(in), in.readInt());
  }

  private static void write(String text, DataOutput out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String read(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MOST) {
      throw new IOException("a request with a text of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
