package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.run.Partial;

/// Which models differ from their base anywhere in what is scaled or merged. A copy of the base, or
/// an adapter that was never trained, does not, and whoever gave it meant another.
final class Updates implements Partial<Updates> {
  private final Set<String> compared = new TreeSet<>();
  private final Set<String> changed = new TreeSet<>();

  /// The work whose models are all known to differ, which is not looked at again.
  private @Nullable Work known;

  /// Looks at some elements of a merge's inputs.
  @SuppressWarnings("ReferenceEquality") // asked of each tile
  void look(Work.Merge work, float[] base, float[][] models, int count) {
    if (work.base().isEmpty() || work == known) {
      return;
    }
    boolean areKnown = true;
    for (int m = 0; m < models.length; m++) {
      Source model = work.models().get(m);
      if (isOpen(work.base().get(), model)) {
        boolean differs = Arrays.mismatch(base, 0, count, models[m], 0, count) >= 0;
        see(model, differs);
        areKnown &= differs;
      }
    }
    known = areKnown ? work : null;
  }

  /// Looks at as many elements of an edit's inputs. Of other types they are taken to differ.
  @SuppressWarnings("ReferenceEquality") // asked of each block
  void look(Work.Scale work, MemorySegment base, MemorySegment tuned, long count) {
    if (work == known) {
      return;
    }
    Source model = work.tuned();
    if (changed.contains(name(model))) {
      known = work;
    } else {
      int width = work.base().dtype().bytes();
      boolean differs =
          work.base().dtype() != model.dtype()
              || MemorySegment.mismatch(base, 0, count * width, tuned, 0, count * width) >= 0;
      if (differs || !isOne(work.base(), model)) { // an adapter's products are scaled from zero
        see(model, differs);
      }
    }
  }

  private boolean isOpen(Source base, Source model) {
    return !isOne(base, model) && !changed.contains(name(model));
  }

  private static boolean isOne(Source base, Source model) {
    return base.checkpoint().location().equals(model.checkpoint().location());
  }

  private void see(Source model, boolean differs) {
    compared.add(name(model));
    if (differs) {
      changed.add(name(model));
    }
  }

  private static String name(Source model) {
    return model.checkpoint().location().text();
  }

  /// The models that do not differ.
  List<String> lacking() {
    return compared.stream().filter(model -> !changed.contains(model)).toList();
  }

  @Override
  public void add(Updates other) {
    compared.addAll(other.compared);
    changed.addAll(other.changed);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    write(compared, out);
    write(changed, out);
  }

  private static void write(Set<String> models, DataOutput out) throws IOException {
    out.writeInt(models.size());
    for (String model : models) {
      out.writeUTF(model);
    }
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    read(compared, in);
    read(changed, in);
  }

  private static void read(Set<String> models, DataInput in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      models.add(in.readUTF());
    }
  }
}
