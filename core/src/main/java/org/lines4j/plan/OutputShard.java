package org.lines4j.plan;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.lines4j.internal.safetensors.HeaderWriter;

/// One file of the output: its header, then its tensors without gaps.
public final class OutputShard {
  private final String fileName;
  private final MemorySegment header;
  private final List<PlannedTensor> tensors;
  private final long[] offsets;

  /// Lays out a file. Wider types come first, so that no element straddles a multiple of its own
  /// width; among equals the given order is kept.
  public OutputShard(String fileName, Map<String, String> metadata, List<PlannedTensor> content) {
    this.fileName = fileName;
    this.tensors =
        content.stream()
            .sorted(
                Comparator.comparingInt((PlannedTensor t) -> t.info().dtype().bits()).reversed())
            .toList();
    byte[] bytes = HeaderWriter.write(metadata, tensors.stream().map(PlannedTensor::info).toList());
    this.header = MemorySegment.ofArray(bytes).asReadOnly();
    this.offsets = new long[tensors.size() + 1];
    offsets[0] = bytes.length;
    for (int i = 0; i < tensors.size(); i++) {
      offsets[i + 1] = Math.addExact(offsets[i], tensors.get(i).info().byteSize());
    }
  }

  private OutputShard(OutputShard like, List<PlannedTensor> tensors) {
    this.fileName = like.fileName;
    this.header = like.header;
    this.offsets = like.offsets;
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

  /// The first bytes of the file, up to where its first tensor starts.
  public MemorySegment header() {
    return header;
  }

  /// The tensors, in the order of their bytes.
  public List<PlannedTensor> tensors() {
    return tensors;
  }

  /// Where tensor `index` starts, in bytes from the start of the file; for one past the last, the
  /// file's size.
  public long offset(int index) {
    return offsets[index];
  }

  /// The size of the file in bytes.
  public long size() {
    return offsets[tensors.size()];
  }
}
