package org.lines4j.quantised;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.codes.Fp4Encoding;
import org.lines4j.internal.codes.Fp4Tensor;
import org.lines4j.internal.codes.Grid;
import org.lines4j.internal.codes.ScaleType;
import org.lines4j.internal.codes.ScaledEncoding;
import org.lines4j.internal.codes.ScaledForm;
import org.lines4j.internal.codes.ScaledTensor;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Finds the codes of a checkpoint that can be computed with, and what lies beside them.
final class CodedTensors {
  private static final String BLOCKS = "_blocks";
  private static final String BLOCK_SCALES = "_scales";
  private static final String INVERSE = "_scale_inv";
  private static final String SCALE = "_scale";
  private static final String WEIGHT = "weight";

  /// Scales of what a module computes with, not of its weights: only zero or one number.
  private static final List<String> ACTIVATIONS =
      List.of("input_scale", "activation_scale", "output_scale");

  private final Checkpoint stored;
  private final Optional<QuantisationConfig> config;
  private final Optional<BlockSize> blockSize;
  private final Map<String, TensorSource> sources = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final boolean hasActivations;

  private CodedTensors(Checkpoint stored, Optional<QuantisationConfig> config) {
    this.stored = stored;
    this.hasActivations =
        stored.tensors().stream()
            .anyMatch(tensor -> ACTIVATIONS.stream().anyMatch(tensor.name()::endsWith));
    this.config = config;
    this.blockSize = config.flatMap(BlockSize::of);
  }

  /// By the name of the tensor that codes are read as, how they are: by the stored name of the
  /// codes. What belongs to them has no entry and is in `taken`.
  ///
  /// @param codes stored name → what reading gives
  /// @param taken stored names of scales and the like
  record Found(Map<String, TensorSource> codes, Set<String> taken) {}

  /// Whether anything of a checkpoint may be such codes: by types and names alone.
  static boolean mayHold(Checkpoint checkpoint) {
    for (StoredTensor tensor : checkpoint.tensors()) {
      DType type = tensor.info().dtype();
      if (isFp8(type) || (type == DType.U8 && tensor.name().endsWith(BLOCKS))) {
        return true;
      }
    }
    return false;
  }

  /// All codes; none where the configuration names a method that is not computed with.
  ///
  /// @throws InputException if scales are missing or do not fit
  static Found find(Checkpoint stored, Optional<QuantisationConfig> config) throws IOException {
    CodedTensors tensors = new CodedTensors(stored, config);
    try {
      tensors.find();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new Found(tensors.sources, tensors.taken);
  }

  private static boolean isFp8(DType type) {
    return type == DType.F8_E4M3 || type == DType.F8_E5M2;
  }

  private void find() throws IOException {
    if (config.isPresent() && !config.get().isComputed()) {
      return;
    }
    for (StoredTensor tensor : stored.tensors()) {
      TensorInfo info = tensor.info();
      if (isFp8(info.dtype()) && info.elements() > 0) {
        scaled(tensor);
      } else if (info.dtype() == DType.U8 && tensor.name().endsWith(BLOCKS)) {
        blocks(tensor);
      }
    }
    for (StoredTensor tensor : stored.tensors()) {
      boolean isScale = tensor.name().endsWith(".weight" + INVERSE);
      if (isScale && !taken.contains(tensor.name())) {
        throw malformed(tensor, "scales without the codes that they belong to");
      }
    }
  }

  private InputException malformed(StoredTensor tensor, String reason) {
    return new InputException(
            stored.shards().get(tensor.shard()).location(), tensor.name() + ": " + reason)
        .withTensor(tensor.name());
  }

  private void scaled(StoredTensor tensor) throws IOException {
    Optional<StoredTensor> inverse = stored.find(tensor.name() + INVERSE);
    Optional<StoredTensor> scales = inverse.or(() -> stored.find(tensor.name() + SCALE));
    if (scales.isEmpty()) {
      if (config.isPresent()) {
        throw malformed(
            tensor,
            "FP8 codes without their scales, which %s should hold"
                .formatted(tensor.name() + (blockSize.isPresent() ? INVERSE : SCALE)));
      }
      return; // numbers of a narrow type
    }
    StoredTensor beside = scales.get();
    String ending = inverse.isPresent() ? INVERSE : SCALE;
    ScaleType type =
        ScaleType.of(beside.info().dtype())
            .orElseThrow(
                () ->
                    malformed(
                        beside,
                        "scales should be F32, BF16, F16, F8_E8M0 or U8, found "
                            + beside.info().dtype()));
    Shape shape = tensor.info().shape();
    Named grid = grid(tensor, beside, ending);
    List<TensorSource> parts = new ArrayList<>();
    parts.add(stored.source(tensor));
    parts.add(stored.source(beside));
    boolean powers =
        type.isExponent() || config.map(QuantisationConfig::hasExponents).orElse(false);
    ScaledForm form =
        new ScaledForm(
            tensor.info().dtype(),
            ending,
            type,
            beside.info().shape(),
            powers,
            constants(tensor.name(), parts));
    ScaledEncoding encoding = new ScaledEncoding(grid.name(), form, grid.grid());
    TensorInfo info = new TensorInfo(tensor.name(), DType.F32, shape);
    taken.add(beside.name());
    sources.put(tensor.name(), new ScaledTensor(info, encoding, parts));
  }

  private List<ScaledForm.Constant> constants(String weight, List<TensorSource> parts)
      throws IOException {
    List<ScaledForm.Constant> constants = new ArrayList<>();
    if (!hasActivations || !weight.endsWith("." + WEIGHT)) {
      return constants;
    }
    String module = weight.substring(0, weight.length() - WEIGHT.length());
    for (String name : ACTIVATIONS) {
      Optional<StoredTensor> tensor = stored.find(module + name);
      if (tensor.isPresent() && tensor.get().info().elements() <= 1) {
        TensorInfo info = tensor.get().info();
        byte[] bytes = new byte[(int) info.byteSize()];
        TensorSource source = stored.source(tensor.get());
        source.read(0, MemorySegment.ofArray(bytes));
        constants.add(ScaledForm.Constant.of(info.withName(name), bytes));
        parts.add(source);
        taken.add(module + name);
      }
    }
    return constants;
  }

  /// A grid, and what tables call codes with it.
  private record Named(Grid grid, String name) {}

  private Named grid(StoredTensor tensor, StoredTensor scales, String ending) {
    Shape shape = tensor.info().shape();
    Shape own = scales.info().shape();
    if (blockSize.isPresent() && shape.rank() >= 2) {
      BlockSize size = blockSize.get();
      Grid grid = Grid.of(shape, size.rows(), size.columns());
      Shape due = matching(shape, grid.down(), grid.across());
      if (own.equals(due)) {
        String usual = ending.equals(INVERSE) ? "" : " with" + ending;
        return new Named(grid, "FP8 " + size.rows() + "×" + size.columns() + usual);
      }
      if (own.rank() > 0) {
        throw malformed(
            scales,
            "one scale for each %d × %d of %s is %s, found %s"
                .formatted(size.rows(), size.columns(), shape.dims(), due.dims(), own.dims()));
      }
    }
    String unusual = ending.equals(SCALE) ? "" : " with" + ending;
    if (own.elements() == 1 && own.rank() <= shape.rank()) {
      return new Named(Grid.whole(shape), "FP8 by tensor" + unusual);
    }
    if (shape.rank() >= 2) {
      long rows = shape.elements() / shape.dims().getLast();
      boolean isVector = own.rank() == 1 && own.elements() == rows;
      if (isVector || own.equals(matching(shape, shape.dims().get(shape.rank() - 2), 1))) {
        return new Named(Grid.of(shape, 1, shape.dims().getLast()), "FP8 by row" + unusual);
      }
      if (shape.rank() > 2 && own.equals(matching(shape, 1, 1))) {
        Grid grid = Grid.of(shape, Long.MAX_VALUE, Long.MAX_VALUE);
        return new Named(grid, "FP8 by matrix" + unusual);
      }
    }
    throw malformed(
        scales,
        "scales %s fit %s neither as one, nor as one a row%s"
            .formatted(
                own.dims(),
                shape.dims(),
                blockSize.isEmpty() ? ", and no configuration gives the size of blocks" : ""));
  }

  /// A tensor's shape with other extents for its last two.
  private static Shape matching(Shape shape, long down, long across) {
    List<Long> dims = new ArrayList<>(shape.dims().subList(0, shape.rank() - 2));
    dims.add(down);
    dims.add(across);
    return new Shape(dims);
  }

  private void blocks(StoredTensor tensor) {
    String name = tensor.name().substring(0, tensor.name().length() - BLOCKS.length());
    Optional<StoredTensor> scales = stored.find(name + BLOCK_SCALES);
    if (scales.isEmpty()) {
      if (config.isPresent()) {
        throw malformed(tensor, "MXFP4 codes without %s".formatted(name + BLOCK_SCALES));
      }
      return;
    }
    List<Long> dims = tensor.info().shape().dims();
    if (dims.size() != 4 || dims.getLast() != 16 || tensor.info().elements() == 0) {
      throw malformed(
          tensor, "MXFP4 codes should be experts × outputs × blocks × 16, found " + dims);
    }
    TensorInfo beside = scales.get().info();
    if (!beside.shape().equals(new Shape(dims.subList(0, 3)))
        || !ScaleType.of(beside.dtype()).map(ScaleType::isExponent).orElse(false)) {
      throw malformed(
          scales.get(),
          "scales of MXFP4 should be U8 %s, found %s %s"
              .formatted(dims.subList(0, 3), beside.dtype(), beside.shape().dims()));
    }
    Fp4Encoding encoding =
        new Fp4Encoding(dims.getFirst(), Math.multiplyExact(dims.get(2), 32L), dims.get(1));
    TensorInfo info =
        new TensorInfo(
            name, DType.F32, Shape.of(dims.getFirst(), encoding.inputs(), encoding.outputs()));
    if (stored.find(name).isPresent()) {
      throw malformed(tensor, "there is also a tensor " + name);
    }
    List<TensorSource> parts = List.of(stored.source(tensor), stored.source(scales.get()));
    taken.add(scales.get().name());
    sources.put(tensor.name(), new Fp4Tensor(info, encoding, parts));
  }
}
