package org.lines4j.internal.onnx;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.FileTensor;
import org.lines4j.format.InputFormat;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;

/// A file with a graph of ONNX, and the files beside it that its data are in. Tensors are the
/// graph's initialisers, under their own names.
public final class OnnxFormat implements InputFormat {
  /// What it is called.
  public static final String NAME = "onnx";

  /// What readers of safetensors look for where this becomes some.
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognises(Storage storage, Location location) throws IOException {
    if (storage.kind(location) != Kind.FILE) {
      return false;
    }
    try (ByteSource file = storage.open(location)) {
      return GraphReader.begins(file);
    }
  }

  @Override
  public Checkpoint open(Storage storage, Location location) throws IOException {
    try (StoredCheckpoint.Builder builder = StoredCheckpoint.builder(NAME, location)) {
      ByteSource file = storage.openRegular(location);
      int shard = builder.file(file, METADATA);
      Map<String, List<Initialiser.Elsewhere>> elsewhere = new LinkedHashMap<>();
      GraphReader graph = GraphReader.read(file);
      graph.unread().ifPresent(builder::unread);
      for (Initialiser initialiser : graph.initialisers()) {
        switch (initialiser) {
          case Initialiser.Here here -> builder.tensor(shard, here.source());
          case Initialiser.Elsewhere there ->
              elsewhere.computeIfAbsent(there.file(), _ -> new ArrayList<>()).add(there);
        }
      }
      for (Map.Entry<String, List<Initialiser.Elsewhere>> other : elsewhere.entrySet()) {
        add(storage, builder, location, other.getKey(), other.getValue());
      }
      builder.remark(
          "its graph stays behind, what is computed with the weights, and its tensors keep the"
              + " names of its initialisers");
      return builder.build();
    }
  }

  /// Adds the tensors of a file beside the graph's, or in a folder there.
  private static void add(
      Storage storage,
      StoredCheckpoint.Builder builder,
      Location graph,
      String name,
      List<Initialiser.Elsewhere> tensors)
      throws IOException {
    if (name.equals(graph.name()) || !isThere(storage, graph, name)) {
      throw new InputException(
              graph,
              "tensor %s: its data should be in %s beside the graph, where no such file is"
                  .formatted(Shown.of(tensors.getFirst().info().name()), Shown.of(name)))
          .withTensor(Shown.of(tensors.getFirst().info().name()));
    }
    ByteSource file = storage.openRegular(beside(graph, name));
    int shard = builder.file(file, METADATA);
    tensors.sort(Comparator.comparingLong(Initialiser.Elsewhere::offset));
    for (Initialiser.Elsewhere tensor : tensors) {
      check(file, tensor);
      builder.tensor(shard, new FileTensor(tensor.info(), file, tensor.offset()));
    }
  }

  private static boolean isThere(Storage storage, Location graph, String name) throws IOException {
    try {
      return storage.kind(beside(graph, name)) == Kind.FILE;
    } catch (InvalidPathException _) {
      return false; // no file can have this name here
    }
  }

  private static Location beside(Location graph, String name) {
    Location place = graph.sibling("");
    for (String part : name.split("/", -1)) {
      place = place.child(part);
    }
    return place;
  }

  private static void check(ByteSource file, Initialiser.Elsewhere tensor) {
    long size = tensor.info().byteSize();
    long given = tensor.length().orElse(size);
    String name = Shown.of(tensor.info().name());
    if (given != size) {
      throw new InputException(
              file.location(),
              "tensor %s: %s should take %d bytes, its graph says %d"
                  .formatted(name, tensor.info().typeAndShape(), size, given))
          .withTensor(name)
          .withExpected(size, given);
    }
    if (tensor.offset() > file.size() || size > file.size() - tensor.offset()) {
      throw new InputException(
              file.location(),
              "tensor %s: truncated: its %d bytes at offset %d end behind the file's %d"
                  .formatted(name, size, tensor.offset(), file.size()))
          .withTensor(name);
    }
  }
}
