package org.lines4j.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.RequestException;
import org.lines4j.recipe.YamlNode.Mapping;
import org.lines4j.recipe.YamlNode.Pair;
import org.lines4j.recipe.YamlNode.Scalar;
import org.lines4j.recipe.YamlNode.Sequence;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.Event.ID;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// The YAML documents of a file as trees of nodes, of bounded depth and size.
///
/// The tree is made here, from the parser's events: an alias is the very node that it names, never
/// expanded, and cannot name a node that it is in. (The library's own composer never returns from
/// `a: &m {<<: *m}`.)
final class YamlDocument {
  private static final int MOST_DEPTH = 32;
  private static final int MOST_DOCUMENTS = 100;
  private static final int MOST_EVENTS = 200_000;

  private final Path file;
  private final Parser events;
  private final ScalarResolver resolver;
  private final Map<Anchor, YamlNode> anchors = new HashMap<>();
  private int count;

  private YamlDocument(Path file, String text) {
    CoreSchema schema = new CoreSchema();
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setSchema(schema).build();
    this.file = file;
    this.events = new ParserImpl(settings, new StreamReader(settings, text));
    this.resolver = schema.getScalarResolver();
  }

  /// The roots of the documents in `text` that hold something.
  static List<Entry> read(Path file, String text) {
    try {
      YamlDocument documents = new YamlDocument(file, text);
      List<YamlNode> roots = documents.roots();
      Budget budget = Budget.of(documents.count, roots.size());
      return roots.stream().map(root -> new Entry(file, "the recipe", root, budget)).toList();
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      throw new RequestException(file + line, "not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new RequestException(file, "not YAML: " + e.getMessage());
    }
  }

  private List<YamlNode> roots() {
    List<YamlNode> roots = new ArrayList<>();
    next(); // the stream starts
    for (Event event = next(); event.getEventId() != ID.StreamEnd; event = next()) {
      anchors.clear(); // each document has its own
      YamlNode root = node(next(), 0);
      next(); // the document ends
      roots.add(root);
      if (roots.size() > MOST_DOCUMENTS) {
        throw error(event, "no recipe: more than " + MOST_DOCUMENTS + " documents");
      }
    }
    if (roots.isEmpty()) {
      throw new RequestException(file, "the recipe is empty")
          .withRemedy("it should have merge_method and models, at least");
    }
    List<YamlNode> written = roots.stream().filter(root -> !isEmpty(root)).toList();
    return written.isEmpty() ? roots.subList(0, 1) : written;
  }

  private static boolean isEmpty(YamlNode root) {
    return root instanceof Scalar scalar && scalar.text().isEmpty();
  }

  private Event next() {
    Event event = events.next();
    count++;
    if (count > MOST_EVENTS) {
      throw error(event, "no recipe: more than " + MOST_EVENTS + " nodes");
    }
    return event;
  }

  private YamlNode node(Event event, int depth) {
    if (depth > MOST_DEPTH) {
      throw error(event, "no recipe: more than " + MOST_DEPTH + " levels");
    }
    YamlNode node =
        switch (event.getEventId()) {
          case Alias -> aliased((AliasEvent) event);
          case Scalar -> scalar((ScalarEvent) event);
          case SequenceStart -> sequence(line(event), depth);
          case MappingStart -> mapping(line(event), depth);
          default -> throw error(event, "not YAML: unexpected " + event.getEventId());
        };
    if (!(event instanceof AliasEvent) && event instanceof NodeEvent named) {
      named.getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
    }
    return node;
  }

  private YamlNode aliased(AliasEvent alias) {
    YamlNode node = anchors.get(alias.getAlias());
    if (node == null) {
      throw error(
          alias, "the alias *%s names nothing that is complete".formatted(alias.getAlias()));
    }
    return node;
  }

  private Scalar scalar(ScalarEvent event) {
    boolean plain = event.getImplicit().canOmitTagInPlainScalar();
    Tag tag =
        event.getTag().map(Tag::new).orElseGet(() -> resolver.resolve(event.getValue(), plain));
    return new Scalar(event.getValue(), tag, line(event));
  }

  private Sequence sequence(int line, int depth) {
    List<YamlNode> items = new ArrayList<>();
    for (Event event = next(); event.getEventId() != ID.SequenceEnd; event = next()) {
      items.add(node(event, depth + 1));
    }
    return new Sequence(items, line);
  }

  private Mapping mapping(int line, int depth) {
    List<Pair> pairs = new ArrayList<>();
    for (Event event = next(); event.getEventId() != ID.MappingEnd; event = next()) {
      YamlNode key = node(event, depth + 1);
      pairs.add(new Pair(key, node(next(), depth + 1)));
    }
    return new Mapping(pairs, line);
  }

  private static int line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  private RequestException error(Event event, String message) {
    return new RequestException(file + ":" + line(event), message);
  }

  /// How many more nodes may be looked at: aliases let a short text stand for a long one. Each node
  /// of the text itself is looked at a few times.
  static final class Budget {
    private static final long MOST_VISITS = 200_000;
    private static final int VISITS = 8;
    private final long most;
    private long visits;

    private Budget(long most) {
      this.most = most;
    }

    /// @param nodes of the text
    /// @param documents that share it
    static Budget of(int nodes, int documents) {
      return new Budget(Math.max(MOST_VISITS / documents, (long) VISITS * nodes));
    }

    /// The same, with nothing spent.
    Budget full() {
      return new Budget(most);
    }

    void spend(Entry entry) {
      visits++;
      if (visits > most) {
        throw entry.error("the recipe's aliases stand for more than %d nodes".formatted(most));
      }
    }
  }
}
