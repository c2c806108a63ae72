//! Plots become moving things: filters, association, existence, class.
