package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Names from a hostile file: bounded time, and every tensor has a place.
class HostileNamesTest {
  /// Far above the second that is needed, on any machine, yet too short for anything exponential.
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static TensorInfo tensor(String name) {
    return new TensorInfo(name, DType.F32, Shape.of(2, 2));
  }

  private static LayerMap detectInTime(List<TensorInfo> tensors) {
    LayerMap map = assertTimeout(LIMIT, () -> LayerMap.detect(tensors, LayerOptions.defaults()));
    tensors.forEach(t -> assertNotNull(map.place(t.name())));
    assertNotNull(map.nameGroups());
    return map;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "0",
        "0.0",
        ".0.",
        "a..b",
        "layers.",
        "layers..0",
        "layers.0",
        "/",
        "a/b.c",
        "layers.-1.w",
        "layers.99999999999999999999.w",
        "layers.٣.w",
        "ｌayers.0.w",
        "\u0000.\uD800.0",
        "층.0.가중치",
        "é.0.\u202E",
        "$1.(a+)+.0.w",
        "\\Q.0.w",
        "layers.1e9.w",
        "_.0",
        "h.h.h",
        "-1.w"
      })
  void oddNames(String name) {
    detectInTime(List.of(tensor(name), tensor("layers.0.a.weight"), tensor("layers.1.a.weight")));
    detectInTime(List.of(tensor(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "0.", "a.", "layers.0.", "9", "_", "layer_", "a1", "é", "/"})
  void namesOfAMegabyte(String piece) {
    String name = piece.repeat((1 << 20) / piece.length());
    List<TensorInfo> tensors = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      tensors.add(tensor(name + i));
      tensors.add(tensor(i + name));
    }
    detectInTime(tensors);
  }

  @Test
  void oneStackOfManyLayers() {
    List<TensorInfo> tensors = new ArrayList<>();
    for (int i = 0; i < 25_000; i++) {
      for (String inner : List.of("attn.q", "attn.k", "attn.v", "attn.o")) {
        tensors.add(tensor("model.layers." + i + "." + inner + ".weight"));
      }
    }
    assertEquals(List.of(new Stack("model.layers", 25_000)), detectInTime(tensors).stacks());
  }

  @Test
  void numbersInsideNumbers() {
    List<TensorInfo> tensors = new ArrayList<>();
    for (int i = 0; i < 1 << 16; i++) {
      StringBuilder name = new StringBuilder("w");
      for (int bit = 0; bit < 16; bit++) {
        name.append('.').append(i >> bit & 1);
      }
      tensors.add(tensor(name + ".weight"));
    }
    detectInTime(tensors);
  }

  @Test
  void manyFamiliesSideBySide() {
    List<TensorInfo> tensors = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      tensors.add(tensor("layer" + i + ".0.a" + i + ".weight"));
      tensors.add(tensor("x" + i + "y.0.b.weight"));
    }
    detectInTime(tensors);
  }

  @Test
  void manyWaysDownAndUpAndMiddles() {
    List<TensorInfo> tensors = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      for (int k = 0; k < 4; k++) {
        tensors.add(tensor("down_block_x" + i + "x.0.a" + k + ".weight"));
        tensors.add(tensor("up_block_x" + i + "x.0.a" + k + ".weight"));
        tensors.add(tensor("mid_" + i + ".a" + k + ".weight"));
        tensors.add(tensor(i + "x.encoder.layers.0.a" + k + ".weight"));
        tensors.add(tensor(i + "x.decoder.layers.0.a" + k + ".weight"));
      }
    }
    for (StackMode mode : StackMode.values()) {
      LayerOptions options = LayerOptions.defaults().withMode(mode);
      assertTimeout(LIMIT, () -> LayerMap.detect(tensors, options));
    }
  }

  @Test
  void blocksThatAllDiffer() {
    List<TensorInfo> tensors = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      for (int k = 0; k < 5; k++) {
        tensors.add(tensor("layers." + i + ".a" + (i + k) + ".weight"));
      }
    }
    detectInTime(tensors);
  }

  @Test
  void aNumberFarAwayDoesNotMakeAHugeStack() {
    LayerMap map =
        LayerMap.detect(
            ModelNames.ofLines("layers.{0-3}.mlp.{0-4}.weight", "layers.999999.mlp.{0-4}.weight"),
            LayerOptions.defaults());
    assertEquals(List.of(), map.stacks());
  }
}
