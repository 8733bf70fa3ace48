package org.lines4j.report;

import java.util.List;

/// A written result: sections of text, tables and figures. [DocumentPage] and [DocumentMarkdown]
/// show it.
///
/// @param title of the whole
/// @param summary a sentence or two below the title
public record Document(String title, String summary, List<Section> sections) {
  /// Copies the list.
  public Document {
    sections = List.copyOf(sections);
  }

  /// A part with a heading.
  public record Section(String title, List<Block> blocks) {
    /// Copies the list.
    public Section {
      blocks = List.copyOf(blocks);
    }
  }

  /// What stands in a section.
  public sealed interface Block {}

  /// A paragraph, in which code stands between backticks.
  public record Text(String text) implements Block {}

  /// Rows of cells under a header. The first column is text, the others mostly numbers.
  public record Table(String caption, List<String> header, List<List<String>> rows)
      implements Block {
    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if a row is not as wide as the header
    public Table {
      header = List.copyOf(header);
      rows = rows.stream().map(List::copyOf).toList();
      for (List<String> row : rows) {
        if (row.size() != header.size()) {
          throw new IllegalArgumentException(
              "%s: %d cells under %d headers".formatted(caption, row.size(), header.size()));
        }
      }
    }
  }

  /// A drawing.
  ///
  /// @param name of its file, without an ending, where it gets one
  /// @param svg an `<svg>` element
  public record Figure(String name, String caption, String svg) implements Block {}
}
