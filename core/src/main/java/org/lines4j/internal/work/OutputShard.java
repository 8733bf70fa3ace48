package org.lines4j.internal.work;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.FileLayout;
import org.lines4j.format.OutputFormat;

/// One file of the output: what is known of it before, and its tensors. What is stored in several
/// parts, codes and scales, is several tensors here, of which the first says how all come about.
public final class OutputShard {
  private final String fileName;
  private final FileLayout layout;
  private final boolean hasGaps;
  private final List<PlannedTensor> tensors;

  /// For each tensor the places of all of its parts: one for those that are parts themselves.
  private final List<List<Integer>> parts;

  /// Lays out a file.
  ///
  /// @param metadata the header's free text
  public OutputShard(
      String fileName,
      OutputFormat format,
      Map<String, String> metadata,
      List<PlannedTensor> content) {
    this.fileName = fileName;
    List<List<EncodedTensor>> storedParts = content.stream().map(PlannedTensor::parts).toList();
    List<EncodedTensor> encoded = storedParts.stream().flatMap(List::stream).toList();
    this.layout = format.layout(metadata, encoded);
    Map<String, Integer> indices = indices(format, encoded);
    PlannedTensor[] inOrder = new PlannedTensor[encoded.size()];
    List<List<Integer>> places = new ArrayList<>(Collections.nCopies(inOrder.length, List.of()));
    for (int i = 0; i < content.size(); i++) {
      PlannedTensor tensor = content.get(i);
      List<EncodedTensor> stored = storedParts.get(i);
      List<Integer> own =
          stored.stream().map(part -> Objects.requireNonNull(indices.get(part.name()))).toList();
      inOrder[own.getFirst()] = tensor;
      places.set(own.getFirst(), own);
      for (int part = 1; part < own.size(); part++) {
        inOrder[own.get(part)] = tensor.part(part, stored.get(part).info());
      }
    }
    this.tensors = List.of(inOrder);
    this.parts = List.copyOf(places);
    long known = layout.constants().stream().mapToLong(c -> c.bytes().byteSize()).sum();
    long written = encoded.stream().mapToLong(EncodedTensor::byteSize).sum();
    this.hasGaps = known + written + layout.sealedBytes() < layout.size();
  }

  /// Which of the placed tensors has which name, once it is sure that they are those to be written.
  private Map<String, Integer> indices(OutputFormat format, List<EncodedTensor> encoded) {
    Map<String, EncodedTensor> byName = new HashMap<>();
    encoded.forEach(tensor -> byName.put(tensor.name(), tensor));
    Map<String, Integer> indices = new HashMap<>();
    for (FileLayout.Placed placed : layout.tensors()) {
      if (!placed.tensor().equals(byName.get(placed.tensor().name()))) {
        throw new IllegalArgumentException(
            "%s: the format %s places %s, which is not to be written so"
                .formatted(fileName, format.name(), placed.tensor()));
      }
      indices.put(placed.tensor().name(), indices.size());
    }
    if (indices.size() != encoded.size()) {
      throw new IllegalArgumentException(
          "%s: the format %s places %d of %d tensors"
              .formatted(fileName, format.name(), indices.size(), encoded.size()));
    }
    return indices;
  }

  private OutputShard(OutputShard like, List<PlannedTensor> changed) {
    this.fileName = like.fileName;
    this.layout = like.layout;
    this.hasGaps = like.hasGaps;
    this.parts = like.parts;
    List<PlannedTensor> all = new ArrayList<>(changed);
    for (List<Integer> own : parts) {
      for (int part = 1; part < own.size(); part++) {
        all.set(own.get(part), all.get(own.getFirst()).part(part));
      }
    }
    this.tensors = List.copyOf(all);
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
      PlannedTensor now = changed.get(i);
      PlannedTensor before = all.set(from + i, now);
      if (!before.info().equals(now.info()) || !before.encoding().equals(now.encoding())) {
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

  /// Where the parts of tensor `index` are among [#tensors], itself first: nowhere for what is a
  /// part of another.
  public List<Integer> parts(int index) {
    return parts.get(index);
  }

  /// Whether there are bytes that are neither a tensor's nor known before: those are zero.
  public boolean hasGaps() {
    return hasGaps;
  }

  /// The last place up to `position` that lies in no tensor's element, or block of elements.
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
    return position - (position - start(low)) % layout.tensors().get(low).tensor().blockBytes();
  }

  /// The size of the file in bytes.
  public long size() {
    return layout.size();
  }
}
