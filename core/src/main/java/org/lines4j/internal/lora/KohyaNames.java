package org.lines4j.internal.lora;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.TensorInfo;

/// The modules of a model by the names that sd-scripts has for them: all dots are underscores, and
/// what stands before says of which part of a pipeline they are.
///
/// ```text
/// lora_unet_down_blocks_0_attentions_0_proj_in      down_blocks.0.attentions.0.proj_in
/// lora_unet_input_blocks_4_1_proj_in                model.diffusion_model.input_blocks.4.1.proj_in
/// ```
///
/// The same underscores can be several names; a part is found where all of its modules lie behind
/// one beginning, each as one module.
final class KohyaNames {
  private static final String WEIGHT = ".weight";

  /// By the ends of modules' names, with underscores, what lies before: beginnings of each.
  private final Map<String, Map<String, List<String>>> byEnd = new LinkedHashMap<>();

  KohyaNames(Checkpoint base) {
    for (StoredTensor tensor : base.tensors()) {
      TensorInfo info = tensor.info();
      if (info.name().endsWith(WEIGHT) && info.shape().rank() >= 2) {
        add(info.name().substring(0, info.name().length() - WEIGHT.length()));
      }
    }
  }

  private void add(String module) {
    for (int from = 0; from >= 0; from = next(module, from)) {
      String end = module.substring(from).replace('.', '_');
      byEnd
          .computeIfAbsent(end, _ -> new LinkedHashMap<>())
          .computeIfAbsent(module.substring(0, from), _ -> new ArrayList<>())
          .add(module);
    }
  }

  private static int next(String module, int from) {
    int dot = module.indexOf('.', from);
    return dot < 0 ? -1 : dot + 1;
  }

  /// The ways to find modules in the model: each gives all of them, by the names that are asked
  /// for.
  List<Map<String, String>> ways(Set<String> ends) {
    Set<String> beginnings = new LinkedHashSet<>();
    for (String end : ends) {
      Set<String> own = byEnd.getOrDefault(end, Map.of()).keySet();
      if (beginnings.isEmpty()) {
        beginnings.addAll(own);
      } else {
        beginnings.retainAll(own);
      }
      if (beginnings.isEmpty()) {
        return List.of();
      }
    }
    List<Map<String, String>> ways = new ArrayList<>();
    for (String beginning : beginnings) {
      Map<String, String> way = new LinkedHashMap<>();
      boolean isOne = true;
      for (String end : ends) {
        List<String> modules = byEnd.getOrDefault(end, Map.of()).getOrDefault(beginning, List.of());
        isOne &= modules.size() == 1;
        way.put(end, modules.getFirst());
      }
      if (isOne) {
        ways.add(way);
      }
    }
    return ways;
  }

  /// Whether the model has a module of that name, in whichever part.
  boolean has(String end) {
    return byEnd.containsKey(end);
  }
}
