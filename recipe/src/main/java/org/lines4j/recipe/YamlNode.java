package org.lines4j.recipe;

import java.util.List;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A node of a YAML document, with the line that it starts in, from 1.
sealed interface YamlNode {
  int line();

  /// Text, and what YAML's core schema takes it for.
  record Scalar(String text, Tag tag, int line) implements YamlNode {}

  /// A list.
  record Sequence(List<YamlNode> items, int line) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /// A mapping, keys as they stand: perhaps several times.
  record Mapping(List<Pair> pairs, int line) implements YamlNode {
    public Mapping {
      pairs = List.copyOf(pairs);
    }
  }

  /// A key and its value.
  record Pair(YamlNode key, YamlNode value) {}
}
