"""What the app starts from and keeps: catalogues, translations, migrations, the demonstration world."""
