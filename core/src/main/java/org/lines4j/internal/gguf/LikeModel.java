package org.lines4j.internal.gguf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.format.FileLayout;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.ByteSource;

/// One GGUF file that says beside its tensors what a model says: what it was split into is
/// forgotten, and `general.file_type` follows the tensors where their types are others than the
/// model's.
///
/// @param header of the model's first file
/// @param metadata of that file, without what is said of parts
record LikeModel(Checkpoint model, GgufHeader header, Metadata metadata) implements OutputFormat {
  static LikeModel of(Checkpoint model) throws IOException {
    if (!model.format().equals(GgufFormat.NAME)) {
      throw new RequestException(
              "GGUF files are made of GGUF models, but %s is %s"
                  .formatted(model.location(), model.format()))
          .withRemedy("name a folder, or a file that ends in .safetensors, as the output");
    }
    ByteSource file = model.shards().getFirst().file();
    GgufHeader header = HeaderReader.read(file);
    Metadata metadata = Metadata.read(file, header);
    return new LikeModel(
        model, header, model.shards().size() > 1 ? metadata.without("split.") : metadata);
  }

  @Override
  public String name() {
    return GgufFormat.NAME;
  }

  @Override
  public boolean isFile(String name) {
    return true;
  }

  @Override
  public Encoding encoding(Wanted wanted) {
    return OutputTypes.of(wanted);
  }

  @Override
  public FileLayout layout(Map<String, String> text, List<EncodedTensor> tensors) {
    checkComplete(tensors);
    List<GgmlType> types = tensors.stream().map(LikeModel::type).toList();
    List<Long> offsets = new ArrayList<>();
    long at = 0;
    for (EncodedTensor tensor : tensors) {
      offsets.add(at);
      at = aligned(Math.addExact(at, tensor.byteSize()));
    }
    byte[] bytes =
        HeaderWriter.write(header.version(), metadata(tensors, types), tensors, types, offsets);
    long start = aligned(bytes.length);
    List<FileLayout.Placed> placed = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      placed.add(new FileLayout.Placed(tensors.get(i), start + offsets.get(i)));
    }
    FileLayout.Constant first =
        new FileLayout.Constant(0, MemorySegment.ofArray(bytes).asReadOnly());
    return new FileLayout(placed, List.of(first), Math.addExact(start, at));
  }

  private long aligned(long position) {
    return Math.multiplyExact(Math.ceilDiv(position, header.alignment()), header.alignment());
  }

  /// The metadata count layers and tokens, and hold for the model's own tensors alone.
  private void checkComplete(List<EncodedTensor> tensors) {
    for (EncodedTensor tensor : tensors) {
      Optional<StoredTensor> own = model.find(tensor.name());
      if (own.isEmpty() || !own.get().info().shape().equals(tensor.info().shape())) {
        throw misfit(
            tensor.name(),
            own.map(o -> "has the shape " + o.info().shape().dims())
                .orElse("does not have this tensor"));
      }
    }
    if (tensors.size() < model.tensors().size()) {
      throw misfit(
          "the output", "has %d tensors, not %d".formatted(model.tensors().size(), tensors.size()));
    }
  }

  private RequestException misfit(String what, String why) {
    return new RequestException(
            "%s: %s, whose metadata a GGUF output keeps, %s".formatted(what, model.location(), why))
        .withRemedy("name a folder, or a file that ends in .safetensors, as the output");
  }

  private static GgmlType type(EncodedTensor tensor) {
    for (GgmlType type : GgmlType.values()) {
      if (type.name().equals(tensor.type())
          && type.block() == tensor.block()
          && type.blockBytes() == tensor.blockBytes()) {
        return type;
      }
    }
    throw new RequestException(
        "%s: GGUF files cannot hold %s".formatted(tensor.name(), tensor.type()));
  }

  private Metadata metadata(List<EncodedTensor> tensors, List<GgmlType> types) {
    boolean same = true;
    for (int i = 0; i < types.size(); i++) {
      StoredTensor own = model.find(tensors.get(i).name()).orElseThrow();
      same &= model.source(own).encoding().name().equals(types.get(i).name());
    }
    return same ? metadata : metadata.describing(FileType.of(tensors, types));
  }

  /// What a file's `general.file_type` says, by the names of llama.cpp.
  record FileType(int number, boolean isQuantised) {
    /// That of the tensors which take the most bytes, vectors apart.
    static Optional<FileType> of(List<EncodedTensor> tensors, List<GgmlType> types) {
      Map<GgmlType, Long> bytes = new EnumMap<>(GgmlType.class);
      for (int i = 0; i < types.size(); i++) {
        if (tensors.get(i).info().shape().rank() > 1) {
          bytes.merge(types.get(i), tensors.get(i).byteSize(), Long::sum);
        }
      }
      GgmlType most =
          bytes.entrySet().stream()
              .max(Map.Entry.comparingByValue())
              .map(Map.Entry::getKey)
              .orElse(GgmlType.F32);
      int number =
          switch (most) {
            case F32 -> 0;
            case F16 -> 1;
            case Q8_0 -> 7;
            case BF16 -> 32;
            default -> -1;
          };
      boolean quantised = types.stream().anyMatch(type -> !type.isPlain());
      return number < 0 ? Optional.empty() : Optional.of(new FileType(number, quantised));
    }
  }
}
