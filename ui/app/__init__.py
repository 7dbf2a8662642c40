"""The Streamlit app: `main` starts it, each page is a script in `screens`, what pages share stands beside."""
