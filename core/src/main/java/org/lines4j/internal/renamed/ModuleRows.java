package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Modules that someone took out of a model and put in a row, as fastai does, and whoever writes
/// `nn.Sequential(*list(model.children())[:-1])`: what was `layer1` is `features.4` there.
final class ModuleRows {
  private ModuleRows() {}

  /// A module's tensors: names within it, and shapes.
  private record Module(Map<String, Shape> tensors) {
    Module() {
      this(new HashMap<>());
    }

    void add(String name, TensorInfo tensor) {
      if (!Buffers.isOne(tensor)) {
        tensors.put(name, tensor.shape());
      }
    }
  }

  /// What the tensors of one model are called in the other, where one of the two is such a row;
  /// empty where it is none, or where a module may be either of two.
  static Map<String, String> pair(Map<String, TensorInfo> own, Map<String, TensorInfo> target) {
    Map<String, String> modules = modules(own, target);
    if (!modules.isEmpty()) {
      return names(own, target, modules);
    }
    Map<String, String> back = new HashMap<>();
    modules(target, own).forEach((named, numbered) -> back.put(numbered, named));
    return names(own, target, back);
  }

  private static Map<String, String> names(
      Map<String, TensorInfo> own, Map<String, TensorInfo> target, Map<String, String> modules) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String name : own.keySet()) {
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        String module = modules.get(name.substring(0, dot));
        if (module != null && target.containsKey(module + name.substring(dot))) {
          names.put(name, module + name.substring(dot));
        }
      }
    }
    return names;
  }

  /// Modules of a model → what a row calls them, if these are most of the model.
  private static Map<String, String> modules(
      Map<String, TensorInfo> model, Map<String, TensorInfo> other) {
    Map<String, Module> named = new LinkedHashMap<>();
    model.forEach(
        (name, tensor) -> {
          int dot = name.indexOf('.');
          if (dot > 0 && !Heads.mayBeOne(name)) {
            module(named, name.substring(0, dot)).add(name.substring(dot + 1), tensor);
          }
        });
    Map<String, String> most = Map.of();
    for (Map<String, Module> row : rows(other).values()) {
      Map<String, String> pairs = pairs(named, row);
      most = size(named, pairs) > size(named, most) ? pairs : most;
    }
    return 2 * size(named, most) > model.size() ? most : Map.of();
  }

  private static int size(Map<String, Module> named, Map<String, String> pairs) {
    return pairs.keySet().stream().mapToInt(name -> module(named, name).tensors().size()).sum();
  }

  private static Module module(Map<String, Module> modules, String name) {
    return modules.computeIfAbsent(name, _ -> new Module());
  }

  /// Modules with a number, by what stands before that.
  private static Map<String, Map<String, Module>> rows(Map<String, TensorInfo> tensors) {
    Map<String, Map<String, Module>> rows = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          int start = 0;
          for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
            if (PlainName.isNumber(name.substring(start, dot))) {
              Map<String, Module> row =
                  rows.computeIfAbsent(name.substring(0, start), _ -> new LinkedHashMap<>());
              module(row, name.substring(0, dot)).add(name.substring(dot + 1), tensor);
            }
            start = dot + 1;
          }
        });
    return rows;
  }

  /// The modules that a row has, too; none where one may be either of two.
  private static Map<String, String> pairs(Map<String, Module> named, Map<String, Module> row) {
    Map<Module, List<String>> names = byModule(named);
    Map<Module, List<String>> numbers = byModule(row);
    Map<String, String> pairs = new LinkedHashMap<>();
    for (Map.Entry<Module, List<String>> module : names.entrySet()) {
      List<String> fitting = numbers.getOrDefault(module.getKey(), List.of());
      if (!fitting.isEmpty() && fitting.size() + module.getValue().size() > 2) {
        return Map.of();
      }
      if (!fitting.isEmpty()) {
        pairs.put(module.getValue().getFirst(), fitting.getFirst());
      }
    }
    return pairs;
  }

  private static Map<Module, List<String>> byModule(Map<String, Module> modules) {
    Map<Module, List<String>> names = new LinkedHashMap<>();
    modules.forEach(
        (name, module) -> {
          if (!module.tensors().isEmpty()) {
            names.computeIfAbsent(module, _ -> new ArrayList<>()).add(name);
          }
        });
    return names;
  }
}
