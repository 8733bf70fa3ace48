package org.lines4j.internal.resolve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.internal.renamed.Renames;
import org.lines4j.layers.Rename;
import org.lines4j.merge.ModelSet;

/// A recipe's models with the same tensors called the same in all of them.
///
/// @param models the names are those of the model whose files go along
/// @param isUntied whether that model's head, which it does not store, becomes a tensor of its own
/// @param notices in which names differed
public record NamedModels(ModelSet models, boolean isUntied, List<String> notices) {
  /// Pairs the tensors of all models with those of one.
  ///
  /// @param merged the models whose weights count
  /// @param target whose names the output has
  public static NamedModels of(
      ModelSet models, Set<Checkpoint> merged, Checkpoint target, List<Rename> renames)
      throws IOException {
    Renames asked = new Renames(renames);
    Map<Checkpoint, ModelNames> names = new LinkedHashMap<>();
    names.put(target, ModelNames.of(target));
    for (Checkpoint model : merged) {
      if (model != target) {
        names.put(model, ModelNames.of(model).like(target, asked));
      }
    }
    asked.checkUsed();
    boolean isUntied = tieHeads(names, target);
    List<String> notices = new ArrayList<>();
    names.values().forEach(name -> notices.addAll(name.notices()));
    Map<Checkpoint, Checkpoint> views = new LinkedHashMap<>();
    names.forEach((model, name) -> views.put(model, name.view()));
    ModelSet named = models.viewed(model -> views.getOrDefault(model, model));
    return new NamedModels(named, isUntied, notices);
  }

  /// Where one model stores its head, every model has one.
  private static boolean tieHeads(Map<Checkpoint, ModelNames> names, Checkpoint target)
      throws IOException {
    boolean isUntied = false;
    Set<Checkpoint> views = new LinkedHashSet<>();
    for (ModelNames model : names.values()) {
      views.add(model.view());
    }
    for (Map.Entry<Checkpoint, ModelNames> model : names.entrySet()) {
      for (Checkpoint other : views) {
        boolean tied = model.getValue().tieHead(other);
        isUntied |= tied && model.getKey() == target;
      }
    }
    return isUntied;
  }
}
