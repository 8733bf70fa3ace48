package org.lines4j.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.lines4j.format.FileLayout;
import org.lines4j.format.OutputFormat;

/// One file of the output: what is known of it before, and its tensors.
public final class OutputShard {
  private final String fileName;
  private final FileLayout layout;
  private final boolean hasGaps;
  private final List<PlannedTensor> tensors;

  /// Lays out a file.
  ///
  /// @param metadata the header's free text
  public OutputShard(
      String fileName,
      OutputFormat format,
      Map<String, String> metadata,
      List<PlannedTensor> content) {
    this.fileName = fileName;
    this.layout = format.layout(metadata, content.stream().map(PlannedTensor::info).toList());
    Map<String, PlannedTensor> byName = new HashMap<>();
    content.forEach(tensor -> byName.put(tensor.name(), tensor));
    List<PlannedTensor> inOrder = new ArrayList<>();
    for (FileLayout.Placed placed : layout.tensors()) {
      PlannedTensor tensor = byName.get(placed.tensor().name());
      if (tensor == null || !tensor.info().equals(placed.tensor())) {
        throw new IllegalArgumentException(
            "%s: the format %s places %s, which is not to be written so"
                .formatted(fileName, format.name(), placed.tensor()));
      }
      inOrder.add(tensor);
    }
    if (inOrder.size() != content.size()) {
      throw new IllegalArgumentException(
          "%s: the format %s places %d of %d tensors"
              .formatted(fileName, format.name(), inOrder.size(), content.size()));
    }
    this.tensors = List.copyOf(inOrder);
    long known = layout.constants().stream().mapToLong(c -> c.bytes().byteSize()).sum();
    long written = tensors.stream().mapToLong(tensor -> tensor.info().byteSize()).sum();
    this.hasGaps = known + written + layout.sealedBytes() < layout.size();
  }

  private OutputShard(OutputShard like, List<PlannedTensor> tensors) {
    this.fileName = like.fileName;
    this.layout = like.layout;
    this.hasGaps = like.hasGaps;
    this.tensors = List.copyOf(tensors);
  }

  /// This file with its tensors made in another way.
  ///
  /// @throws IllegalArgumentException if it would be laid out differently
  public OutputShard with(UnaryOperator<PlannedTensor> change) {
    return with(0, tensors.stream().map(change).toList());
  }

  /// This file with the tensors from index `from` on made in another way.
  ///
  /// @throws IllegalArgumentException if it would be laid out differently
  public OutputShard with(int from, List<PlannedTensor> changed) {
    List<PlannedTensor> all = new ArrayList<>(tensors);
    for (int i = 0; i < changed.size(); i++) {
      PlannedTensor before = all.set(from + i, changed.get(i));
      if (!before.info().equals(changed.get(i).info())) {
        throw new IllegalArgumentException("another layout for " + before.name());
      }
    }
    return new OutputShard(this, all);
  }

  /// The file's name, without folder.
  public String fileName() {
    return fileName;
  }

  /// Where everything lies.
  public FileLayout layout() {
    return layout;
  }

  /// The tensors, in the order of their bytes.
  public List<PlannedTensor> tensors() {
    return tensors;
  }

  /// Where tensor `index` starts, in bytes from the start of the file; for one past the last, the
  /// file's size.
  public long start(int index) {
    return index == tensors.size() ? layout.size() : layout.tensors().get(index).start();
  }

  /// Where the byte behind the last of tensor `index` lies.
  public long end(int index) {
    return layout.tensors().get(index).end();
  }

  /// Whether there are bytes that are neither a tensor's nor known before: those are zero.
  public boolean hasGaps() {
    return hasGaps;
  }

  /// The last place up to `position` that lies in no tensor's element.
  public long boundary(long position) {
    int low = 0;
    int high = tensors.size();
    while (low < high) { // the first tensor that ends at or behind the position
      int middle = (low + high) >>> 1;
      if (end(middle) >= position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (low == tensors.size() || start(low) >= position) {
      return position;
    }
    return position - (position - start(low)) % tensors.get(low).info().dtype().bytes();
  }

  /// The size of the file in bytes.
  public long size() {
    return layout.size();
  }
}
