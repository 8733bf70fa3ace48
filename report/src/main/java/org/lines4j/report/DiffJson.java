package org.lines4j.report;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.lines4j.diff.Change;
import org.lines4j.diff.Diff;
import org.lines4j.error.Shown;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.tensor.TensorInfo;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/// A [Diff] as JSON that may stand in a `<script>`, in rows that repeat no names, as a model may
/// have 100 000 tensors:
///
/// ```
/// stacks       [[name, layers], …]
/// figures      names of the figures in a change
/// whole        change = [parameters, figure, …]
/// layers       [[place, tensors, change], …]
/// tensors      [[name, type, shape, place, change], …]
/// uncompared   [[name, why], …]
/// place        [index of the stack, layer], "before" or "after"
/// ```
///
/// Figures are exact; `null` is NaN.
final class DiffJson {
  /// Escapes all but ASCII, hence also half a surrogate pair, which UTF-8 could not hold.
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /// JSON has no infinity, but every reader takes a number that is too large for one.
  private static final String INFINITY = "1e999";

  private record Figure(String name, ToDoubleFunction<Change> of) {}

  private static final List<Figure> FIGURES =
      List.of(
          new Figure("tau_norm", Change::tauNorm),
          new Figure("tau_l1", Change::tauAbsolute),
          new Figure("tau_max", Change::tauLargest),
          new Figure("base_norm", Change::baseNorm),
          new Figure("tuned_norm", Change::tunedNorm),
          new Figure("relative", Change::relative),
          new Figure("cosine", Change::cosine),
          new Figure("sparsity", Change::sparsity));

  private final JsonGenerator json;
  private final List<Stack> stacks;

  private DiffJson(JsonGenerator json, List<Stack> stacks) {
    this.json = json;
    this.stacks = stacks;
  }

  static String write(Diff diff) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      new DiffJson(json, diff.stacks()).all(diff);
    }
    // Only strings can hold a <; without one, nothing in them ends the script or opens a comment.
    return text.toString().replace("<", "\\u003c");
  }

  private void all(Diff diff) {
    json.writeStartObject();
    rows("stacks", diff.stacks(), this::stack);
    json.writeArrayPropertyStart("figures");
    FIGURES.forEach(figure -> json.writeString(figure.name()));
    json.writeEndArray();
    json.writeName("whole");
    change(diff.whole());
    rows("layers", diff.layers(), this::layer);
    rows("tensors", diff.tensors(), this::tensor);
    rows("uncompared", diff.uncompared().entrySet(), this::uncompared);
    json.writeEndObject();
  }

  private <T> void rows(String name, Iterable<T> records, Consumer<T> cells) {
    json.writeArrayPropertyStart(name);
    for (T entry : records) {
      json.writeStartArray();
      cells.accept(entry);
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void stack(Stack stack) {
    json.writeString(Shown.whole(stack.name()));
    json.writeNumber(stack.layers());
  }

  private void layer(Diff.Layer layer) {
    place(layer.place());
    json.writeNumber(layer.tensors());
    change(layer.change());
  }

  private void tensor(Diff.Tensor tensor) {
    TensorInfo info = tensor.info();
    json.writeString(Shown.whole(info.name()));
    json.writeString(info.dtype().name());
    json.writeStartArray();
    info.shape().dims().forEach(json::writeNumber);
    json.writeEndArray();
    place(tensor.place());
    change(tensor.change());
  }

  private void uncompared(Map.Entry<String, String> tensor) {
    json.writeString(Shown.whole(tensor.getKey()));
    json.writeString(Shown.whole(tensor.getValue()));
  }

  private void place(Place place) {
    switch (place) {
      case Place.InLayer(Stack stack, int layer) -> {
        json.writeStartArray();
        json.writeNumber(stacks.indexOf(stack));
        json.writeNumber(layer);
        json.writeEndArray();
      }
      case Place.Outside(Place.Side side) ->
          json.writeString(
              switch (side) {
                case BEFORE -> "before";
                case AFTER -> "after";
              });
    }
  }

  private void change(Change change) {
    json.writeStartArray();
    json.writeNumber(change.elements());
    FIGURES.forEach(figure -> number(figure.of().applyAsDouble(change)));
    json.writeEndArray();
  }

  private void number(double value) {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else if (Double.isNaN(value)) {
      json.writeNull();
    } else {
      json.writeNumber(value < 0 ? "-" + INFINITY : INFINITY);
    }
  }
}
