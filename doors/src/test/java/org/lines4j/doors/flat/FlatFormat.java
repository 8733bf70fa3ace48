package org.lines4j.doors.flat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.FileLayout;
import org.lines4j.format.OutputFormat;

/// Tensors at odd places with gaps between them, a line of text for each behind them all: nothing
/// that a real format would do, and everything that one may.
public final class FlatFormat implements OutputFormat {
  private static final int GAP = 3;

  @Override
  public String name() {
    return "flat";
  }

  @Override
  public boolean isFile(String name) {
    return name.endsWith(".flat");
  }

  @Override
  public FileLayout layout(Map<String, String> metadata, List<EncodedTensor> tensors) {
    List<FileLayout.Placed> placed = new ArrayList<>();
    StringBuilder lines = new StringBuilder("\n");
    byte[] header = "flat\n".getBytes(StandardCharsets.UTF_8);
    long at = header.length;
    for (EncodedTensor tensor : tensors) {
      placed.add(new FileLayout.Placed(tensor, at));
      lines.append("%s %d %d%n".formatted(tensor.name(), at, tensor.byteSize()));
      at += tensor.byteSize() + GAP;
    }
    byte[] trailer = lines.toString().getBytes(StandardCharsets.UTF_8);
    return new FileLayout(
        placed,
        List.of(
            new FileLayout.Constant(0, MemorySegment.ofArray(header)),
            new FileLayout.Constant(at, MemorySegment.ofArray(trailer))),
        at + trailer.length);
  }
}
