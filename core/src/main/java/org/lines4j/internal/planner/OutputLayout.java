package org.lines4j.internal.planner;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.companions.WeightNames;
import org.lines4j.internal.output.Destination;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;

/// Which tensor goes into which file.
final class OutputLayout {
  private final WeightNames names;
  private final OutputFormat format;

  private OutputLayout(WeightNames names, OutputFormat format) {
    this.names = names;
    this.format = format;
  }

  /// One file if one is wanted; else files of at most `shardSize` bytes of tensors, if that is
  /// given; else the same files as `like` has.
  ///
  /// @param names what they are called
  /// @param format of the files
  static List<OutputShard> of(
      List<PlannedTensor> tensors,
      Checkpoint like,
      WeightNames names,
      Destination out,
      OutputFormat format,
      OptionalLong shardSize) {
    return new OutputLayout(names, format).shards(tensors, like, out.isFile(), shardSize);
  }

  private List<OutputShard> shards(
      List<PlannedTensor> tensors, Checkpoint like, boolean file, OptionalLong shardSize) {
    if (file && shardSize.isPresent()) {
      throw new RequestException("a shard size needs a folder as output, not a file");
    }
    if (file) {
      return List.of(single(tensors, metadata(like)));
    }
    if (shardSize.isPresent() && !names.canBeSharded()) {
      throw new RequestException(
          "a shard size needs a model whose loader reads several files; that of %s reads one"
              .formatted(names.single()));
    }
    if (shardSize.isPresent()) {
      return bySize(tensors, metadata(like), shardSize.getAsLong());
    }
    return names.canBeSharded() ? like(tensors, like) : List.of(single(tensors, metadata(like)));
  }

  /// One file, in which tied tensors lie once if the format has that.
  private OutputShard single(List<PlannedTensor> tensors, Map<String, String> metadata) {
    if (format.withFurtherNames(Map.of()).isEmpty()) {
      return new OutputShard(names.single(), format, metadata, tensors);
    }
    Map<String, List<String>> further = new HashMap<>();
    List<PlannedTensor> written = new ArrayList<>();
    for (TiedOutputs tied : TiedOutputs.of(tensors)) {
      written.add(tied.tensor());
      further.put(tied.tensor().name(), tied.furtherNames());
    }
    OutputFormat shared = format.withFurtherNames(further).orElseThrow();
    return new OutputShard(names.single(), shared, metadata, written);
  }

  private static Map<String, String> metadata(Checkpoint like) {
    return like.shards().getFirst().metadata();
  }

  private List<OutputShard> bySize(
      List<PlannedTensor> tensors, Map<String, String> metadata, long most) {
    if (most < 1) {
      throw RequestException.expected("the shard size", "positive", most);
    }
    List<List<PlannedTensor>> groups = new ArrayList<>(List.of(new ArrayList<>()));
    long room = most;
    for (PlannedTensor tensor : tensors) {
      long size = tensor.parts().stream().mapToLong(EncodedTensor::byteSize).sum();
      if (size > room && !groups.getLast().isEmpty()) {
        groups.add(new ArrayList<>());
        room = most;
      }
      groups.getLast().add(tensor);
      room -= size;
    }
    return named(groups, Collections.nCopies(groups.size(), metadata));
  }

  /// Tensors that `like` does not have go to its last file.
  private List<OutputShard> like(List<PlannedTensor> tensors, Checkpoint like) {
    Map<String, Integer> shardOf = new HashMap<>();
    for (StoredTensor tensor : like.tensors()) {
      shardOf.put(tensor.name(), tensor.shard());
    }
    int last = shardOf.values().stream().mapToInt(shard -> shard).max().orElse(0);
    List<List<PlannedTensor>> groups = new ArrayList<>();
    like.shards().forEach(_ -> groups.add(new ArrayList<>()));
    for (PlannedTensor tensor : tensors) {
      groups.get(shardOf.getOrDefault(tensor.name(), last)).add(tensor);
    }
    List<Map<String, String>> metadata = new ArrayList<>();
    for (int i = groups.size() - 1; i >= 0; i--) {
      boolean isEmpty = groups.get(i).isEmpty() && like.shards().get(i).tensors().isEmpty();
      if (isEmpty && groups.size() > 1) {
        groups.remove(i); // an adapter's file, whose content is in the tensors of others
      } else {
        metadata.addFirst(like.shards().get(i).metadata());
      }
    }
    return named(groups, metadata);
  }

  private List<OutputShard> named(
      List<List<PlannedTensor>> groups, List<Map<String, String>> metadata) {
    List<OutputShard> shards = new ArrayList<>();
    int count = groups.size();
    for (int i = 0; i < count; i++) {
      String name = count == 1 ? names.single() : names.shard(i + 1, count);
      shards.add(new OutputShard(name, format, metadata.get(i), groups.get(i)));
    }
    return shards;
  }
}
