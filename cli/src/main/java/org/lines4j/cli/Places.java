package org.lines4j.cli;

import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import tools.jackson.core.JsonGenerator;

/// How the place of a tensor is shown.
public final class Places {
  private Places() {}

  /// The stack's name, or `(outside)`.
  public static String stack(Place place) {
    return place instanceof Place.InLayer in ? in.stack().name() : "(outside)";
  }

  /// `3/12`, or the side.
  public static String layer(Place place) {
    return place instanceof Place.InLayer(Stack stack, int layer)
        ? layer + "/" + stack.layers()
        : place.isBefore() ? "before" : "after";
  }

  /// Writes `stack` and `layer`, both null outside the stacks.
  public static void write(JsonGenerator json, Place place) {
    switch (place) {
      case Place.InLayer(Stack stack, int layer) -> {
        json.writeStringProperty("stack", stack.name());
        json.writeNumberProperty("layer", layer);
      }
      case Place.Outside _ -> {
        json.writeNullProperty("stack");
        json.writeNullProperty("layer");
      }
    }
  }

  /// Writes `stacks`.
  public static void write(JsonGenerator json, Iterable<Stack> stacks) {
    json.writeArrayPropertyStart("stacks");
    for (Stack stack : stacks) {
      json.writeStartObject();
      json.writeStringProperty("name", stack.name());
      json.writeNumberProperty("layers", stack.layers());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
