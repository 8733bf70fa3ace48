package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.source.JoinedTensors;
import org.lines4j.internal.source.MatrixRegion;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// How the experts of a layer are packed into two tensors. No layer's shapes fit both.
enum ExpertLayout {
  /// `gate_up_proj` [experts, 2·inner, width], gates first; `down_proj` [experts, width, inner]: as
  /// Mixtral's, Qwen's and DeepSeek's are in transformers 5.
  ROWS {
    @Override
    Shape gateUp(long experts, long inner, long width) {
      return Shape.of(experts, 2 * inner, width);
    }

    @Override
    Shape down(long experts, long inner, long width) {
      return Shape.of(experts, width, inner);
    }
  },
  /// `gate_up_proj` [experts, width, 2·inner], gates first; `down_proj` [experts, inner, width]: as
  /// Llama 4's are, and those of Qwen3-VL.
  COLUMNS {
    @Override
    Shape gateUp(long experts, long inner, long width) {
      return Shape.of(experts, width, 2 * inner);
    }

    @Override
    Shape down(long experts, long inner, long width) {
      return Shape.of(experts, inner, width);
    }
  };

  abstract Shape gateUp(long experts, long inner, long width);

  abstract Shape down(long experts, long inner, long width);

  /// The layout of two packed tensors; empty where they are of none.
  static Optional<ExpertLayout> of(Shape gateUp, Shape down) {
    if (gateUp.rank() != 3 || down.rank() != 3) {
      return Optional.empty();
    }
    long experts = down.dims().get(0);
    long second = down.dims().get(1);
    long third = down.dims().get(2);
    return Stream.of(values())
        .filter(
            layout -> {
              long inner = layout == ROWS ? third : second;
              long width = layout == ROWS ? second : third;
              return layout.gateUp(experts, inner, width).equals(gateUp);
            })
        .findFirst();
  }

  /// A layer's experts in one tensor, gates and ups.
  NamedTensor packedGateUp(ExpertGroup group) {
    List<TensorSource> parts = new ArrayList<>();
    for (int i = 0; i < group.count(); i++) {
      TensorSource gate = laid(group.gates().get(i).source());
      TensorSource up = laid(group.ups().get(i).source());
      if (this == ROWS) {
        parts.add(gate);
        parts.add(up);
      } else {
        Shape both = Shape.of(group.width(), 2 * group.inner());
        TensorInfo info = new TensorInfo(gate.info().name(), group.dtype(), both);
        parts.add(new JoinedTensors(info, List.of(gate, up), group.inner()));
      }
    }
    Shape shape = gateUp(group.count(), group.inner(), group.width());
    String origin = origin(group.gates().getFirst(), "gate_proj") + " and up_proj";
    return packed(ExpertGroup.gateUp(group.stem()), origin, shape, parts, group.gates());
  }

  /// A layer's experts in one tensor, downs.
  NamedTensor packedDown(ExpertGroup group) {
    List<TensorSource> parts = group.downs().stream().map(down -> laid(down.source())).toList();
    Shape shape = down(group.count(), group.inner(), group.width());
    String origin = origin(group.downs().getFirst(), "down_proj");
    return packed(ExpertGroup.down(group.stem()), origin, shape, parts, group.downs());
  }

  private static String origin(NamedTensor first, String part) {
    int number = first.origin().lastIndexOf("experts.") + "experts.".length();
    String rest = first.origin().substring(number);
    int dot = rest.indexOf('.');
    return dot < 0 ? part : first.origin().substring(0, number) + "*" + rest.substring(dot);
  }

  private static NamedTensor packed(
      String name, String origin, Shape shape, List<TensorSource> parts, List<NamedTensor> like) {
    TensorInfo info = new TensorInfo(name, parts.getFirst().info().dtype(), shape);
    JoinedTensors joined = new JoinedTensors(info, parts, parts.getFirst().info().elements());
    return new NamedTensor(origin, joined, like.getFirst().shard());
  }

  private TensorSource laid(TensorSource matrix) {
    if (this == ROWS) {
      return matrix;
    }
    List<Long> dims = matrix.info().shape().dims();
    return MatrixRegion.of(
            matrix.info().name(), matrix, 0, dims.getFirst(), dims.getLast(), dims.getLast())
        .transposed();
  }

  /// Adds each expert's matrices.
  ///
  /// @param stem `X.experts`
  void unpack(String stem, NamedTensor gateUp, NamedTensor down, Map<String, NamedTensor> into) {
    List<Long> dims = down.info().shape().dims();
    long inner = this == ROWS ? dims.get(2) : dims.get(1);
    long width = this == ROWS ? dims.get(1) : dims.get(2);
    for (int i = 0; i < dims.getFirst(); i++) {
      add(into, ExpertGroup.part(stem, i, "gate_proj"), gateUp, half(gateUp, i, 0, inner, width));
      add(into, ExpertGroup.part(stem, i, "up_proj"), gateUp, half(gateUp, i, 1, inner, width));
      MatrixRegion region =
          this == ROWS
              ? region(down, i * inner * width, width, inner, inner)
              : region(down, i * inner * width, inner, width, width).transposed();
      add(into, ExpertGroup.part(stem, i, "down_proj"), down, region);
    }
  }

  private static void add(
      Map<String, NamedTensor> into, String name, NamedTensor packed, TensorSource part) {
    into.put(name, new NamedTensor(packed.origin(), part, packed.shard()));
  }

  /// The gate (0) or up (1) of an expert.
  private MatrixRegion half(NamedTensor packed, long expert, int which, long inner, long width) {
    long start = expert * 2 * inner * width;
    return this == ROWS
        ? region(packed, start + which * inner * width, inner, width, width)
        : region(packed, start + which * inner, width, inner, 2 * inner).transposed();
  }

  private static MatrixRegion region(
      NamedTensor packed, long offset, long rows, long columns, long stride) {
    return MatrixRegion.of(packed.info().name(), packed.source(), offset, rows, columns, stride);
  }
}
