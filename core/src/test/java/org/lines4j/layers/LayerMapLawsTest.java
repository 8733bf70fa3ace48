package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.layers.Place.InLayer;
import org.lines4j.tensor.TensorInfo;

/// What holds for every model.
class LayerMapLawsTest {
  private static Stream<String> models() {
    return ModelNames.all().stream();
  }

  private static LayerMap detect(List<TensorInfo> tensors) {
    return LayerMap.detect(tensors, LayerOptions.defaults());
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyTensorHasAPlaceAndNoLayerIsEmpty(String model) {
    List<TensorInfo> tensors = ModelNames.of(model);
    LayerMap map = detect(tensors);
    Set<InLayer> filled = new HashSet<>();
    for (TensorInfo tensor : tensors) {
      if (map.place(tensor.name()) instanceof InLayer in) {
        filled.add(in);
      }
    }
    assertEquals(map.stacks().stream().mapToInt(Stack::layers).sum(), filled.size());
  }

  @ParameterizedTest
  @MethodSource("models")
  void aPrefixChangesNothingButTheNamesOfStacks(String model) {
    List<TensorInfo> tensors = ModelNames.of(model);
    LayerMap plain = detect(tensors);
    for (String prefix : List.of("module.", "model.", "_orig_mod.", "base_model.model.")) {
      List<TensorInfo> prefixed =
          tensors.stream()
              .map(t -> new TensorInfo(prefix + t.name(), t.dtype(), t.shape()))
              .toList();
      LayerMap map = detect(prefixed);
      for (TensorInfo tensor : tensors) {
        assertEquals(
            layer(plain.place(tensor.name())), layer(map.place(prefix + tensor.name())), prefix);
      }
      assertEquals(
          plain.stacks().stream().map(Stack::layers).toList(),
          map.stacks().stream().map(Stack::layers).toList());
      assertTrue(map.stacks().stream().allMatch(stack -> stack.name().startsWith(prefix)), prefix);
    }
  }

  private static String layer(Place place) {
    return place instanceof InLayer in
        ? in.layer() + " of " + in.stack().layers()
        : place.toString();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theOrderOfTensorsDoesNotMatter(String model) {
    List<TensorInfo> tensors = ModelNames.of(model);
    List<TensorInfo> shuffled = new ArrayList<>(tensors);
    Collections.shuffle(shuffled, new Random(7));
    LayerMap map = detect(tensors);
    LayerMap other = detect(shuffled);
    assertEquals(map.stacks(), other.stacks());
    assertEquals(map.unsure(), other.unsure());
    tensors.forEach(t -> assertEquals(map.place(t.name()), other.place(t.name())));
  }
}
